import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import {
  ClearDisplayMessageRequest,
  ClearDisplayMessageResponse,
  DisplayMessage,
  GetDisplayMessageRequest,
  GetDisplayMessageResponse,
  SetDisplayMessageResponse,
} from "./types/display_message.ts";

/** A display that shows messages to the driver. */
export const display_message = defineInterface({
  name: "display_message",
  cmds: {
    set_display_message: { args: { request: z.array(DisplayMessage) }, result: SetDisplayMessageResponse },
    get_display_messages: { args: { request: GetDisplayMessageRequest }, result: GetDisplayMessageResponse },
    clear_display_message: { args: { request: ClearDisplayMessageRequest }, result: ClearDisplayMessageResponse },
  },
});
