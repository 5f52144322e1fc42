/** What a residual current monitor can report. */
export const ac_rcd_errors = [
  "ac_rcd/Selftest",
  "ac_rcd/DC",
  "ac_rcd/AC",
  "ac_rcd/MREC2GroundFailure",
  "ac_rcd/VendorError",
  "ac_rcd/VendorWarning",
] as const;
