/** The header: distinguishing bits 10, no options, final version 1 (EXI 1.0, clause 5). */
export const HEADER = 0x80;

/** Most octets of one EXI stream, both ways: far above any V2G message, and what the scratch buffers hold. */
export const MAX_STREAM = 65_536;

/** Most octets of one integer: beyond 512 bits, more than any serial number in use. */
export const MAX_INTEGER_OCTETS = 74;

/**
 * Thrown bare by readers, writers and emitted code, because building an Error costs more than a whole message: the
 * interpreter then goes over the same input and says what is wrong, or accepts one of the rare legal forms.
 */
export const MISS: { readonly miss: true } = { miss: true };
