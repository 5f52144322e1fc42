/** ISO 15118-2 as tables and rules: messages, signatures, timers, identifiers. */
export * from "./appProtocol.ts";
export * from "./emaid.ts";
export * from "./iso2/index.ts";
export * from "./physicalValue.ts";
export * from "./signature.ts";
export * from "./timers.ts";
export * from "./xmldsig.ts";
