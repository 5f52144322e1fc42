/** What is worth knowing of a message at a glance. */
export interface MessageFacts {
  readonly ResponseCode?: string;
  readonly EVSEProcessing?: string;
}

/** Is told of a message before it is sent, or before the car acts on it. */
export type Witness = (from: "EV" | "EVSE", name: string, body: MessageFacts) => void;
