/** OCSP (RFC 6960, RFC 8954): asking, answering, and judging an answer. */
export * from "./ocspCheck.ts";
export * from "./ocspRequest.ts";
export * from "./ocspResponse.ts";
