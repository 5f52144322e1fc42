import { defineModule } from "../../framework/module.ts";
import { MessageBoard } from "./board.ts";
import { manifest } from "./manifest.ts";

export const TerminalDisplayMessage = defineModule(manifest, ({ log }) => {
  const board = new MessageBoard();
  return {
    provides: {
      display_message: {
        set_display_message({ request }) {
          const response = board.set(request);
          if (response.status !== "Accepted") return response;
          for (const { id, priority, state, message } of request) {
            log.info({ id, priority, state }, `display message: ${message.content}`);
          }
          return response;
        },
        get_display_messages: ({ request }) => ({ messages: board.get(request) }),
        clear_display_message: ({ request }) => board.clear(request.id),
      },
    },
  };
});
