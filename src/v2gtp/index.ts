/** V2GTP: the header, frames out of a byte stream, SECC discovery. */
export * from "./framer.ts";
export * from "./header.ts";
export * from "./sdp.ts";
