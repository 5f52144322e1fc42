/** Faults of the station's computer. */
export const system_errors = ["system/CommunicationFault"] as const;
