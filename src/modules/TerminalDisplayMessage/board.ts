/** The messages that a display holds. */
import type {
  ClearDisplayMessageResponse,
  DisplayMessage,
  GetDisplayMessageRequest,
  SetDisplayMessageResponse,
} from "../../interfaces/types/display_message.ts";

/** More than a display could show: a CSMS must not fill the memory. */
export const MAX_MESSAGES = 1000;

export class MessageBoard {
  readonly #messages = new Map<number, DisplayMessage>();

  /** A message with the id of another takes its place; one without id is shown and forgotten. */
  set(request: readonly DisplayMessage[]): SetDisplayMessageResponse {
    if (request.length === 0) return { status: "Rejected", status_info: "there is no message in the request" };
    const ids = request.flatMap(({ id }) => (id === undefined || this.#messages.has(id) ? [] : [id]));
    if (this.#messages.size + new Set(ids).size > MAX_MESSAGES) {
      return { status: "Rejected", status_info: `there are ${MAX_MESSAGES} messages at most` };
    }
    for (const message of request) if (message.id !== undefined) this.#messages.set(message.id, message);
    return { status: "Accepted" };
  }

  /** Those that all criteria of the request let through, in the order in which they came. */
  get({ id, priority, state }: GetDisplayMessageRequest): DisplayMessage[] {
    return [...this.#messages.values()].filter(
      (message) =>
        (id === undefined || (message.id !== undefined && id.includes(message.id))) &&
        (priority === undefined || message.priority === priority) &&
        (state === undefined || message.state === state),
    );
  }

  clear(id: number): ClearDisplayMessageResponse {
    return { status: this.#messages.delete(id) ? "Accepted" : "Unknown" };
  }
}
