/** ISO 15118-2 and DIN SPEC 70121 as tables and rules: messages, signatures, contract installation, timers, identifiers. */
export * from "./appProtocol.ts";
export * from "./contractKey.ts";
export * from "./contractMessages.ts";
export * as din70121 from "./din70121/index.ts";
export * from "./emaid.ts";
export * from "./iso2/index.ts";
export * from "./physicalValue.ts";
export * from "./signature.ts";
export * from "./timers.ts";
export * from "./xmldsig.ts";
