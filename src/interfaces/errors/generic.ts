/** Errors any module can have. */
export const generic_errors = ["generic/CommunicationFault", "generic/VendorError", "generic/VendorWarning"] as const;
