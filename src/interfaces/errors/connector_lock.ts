/** Faults of a connector lock. */
export const connector_lock_errors = [
  "connector_lock/ConnectorLockCapNotCharged",
  "connector_lock/ConnectorLockUnexpectedOpen",
  "connector_lock/ConnectorLockUnexpectedClose",
  "connector_lock/ConnectorLockFailedLock",
  "connector_lock/ConnectorLockFailedUnlock",
  "connector_lock/MREC1ConnectorLockFailure",
  "connector_lock/VendorError",
  "connector_lock/VendorWarning",
] as const;
