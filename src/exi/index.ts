/** Schema-informed EXI 1.0, bit-packed and not strict, as ISO 15118 and DIN 70121 use it. */
export { ExiError } from "./errors.ts";
export * from "./schema.ts";
