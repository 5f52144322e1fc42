/** The configuration of all modules, asked of a manager in another process. */
import { z } from "zod";
import { type Clock, withTimeout } from "../../util/clock.ts";
import type { MqttBus } from "../bus/mqtt.ts";
import { type ConfigurationAccess, type Denied, Parameter, type SetResult } from "../configuration.ts";

/** As in EVerest. */
const ANSWER_MS = 5000;

const Answer = z.object({
  status: z.enum(["Ok", "Error", "AccessDenied"]),
  status_info: z.string(),
  response: z.unknown(),
});
const AllResponse = z.object({ data: z.record(z.string(), z.record(z.string(), z.array(Parameter))) });
const ValueResponse = z.object({ data: Parameter });
const SetResponse = z.object({ status: z.enum(["Accepted", "Rejected", "RebootRequired"]), status_info: z.string() });

export function remoteConfiguration(id: string, system: MqttBus["system"], clock: Clock): ConfigurationAccess {
  let turn: Promise<unknown> = Promise.resolve();
  let take: (answer: z.infer<typeof Answer>) => void = () => {};
  system.subscribe(`${system.topics.module(id)}/response`, (data) => {
    take(Answer.safeParse(data).data ?? noAnswer("the manager's answer is strange"));
  });

  /** An answer does not say to which question it belongs, so there is only one at a time. */
  function ask(request: object): Promise<z.infer<typeof Answer>> {
    const asked = turn.then(() => {
      const answered = new Promise<z.infer<typeof Answer>>((resolve) => (take = resolve));
      system.announce(`${system.topics.prefix}config/request`, "ConfigurationRequest", { origin: id, ...request });
      return withTimeout(clock, ANSWER_MS, answered, () => noAnswer("the manager does not answer"));
    });
    turn = asked;
    return asked;
  }

  return {
    async getAll() {
      const { response } = await ask({ type: "Get", request: { type: "All" } });
      return AllResponse.safeParse(response).data?.data ?? {};
    },
    async get(identifier) {
      const answer = await ask({ type: "Get", request: { type: "Value", identifier } });
      return ValueResponse.safeParse(answer.response).data?.data ?? denial(answer);
    },
    async set(identifier, value): Promise<SetResult | Denied> {
      const answer = await ask({ type: "Set", request: { identifier, value } });
      const result = SetResponse.safeParse(answer.response).data;
      return answer.status === "Ok" && result ? result : denial(answer);
    },
  };
}

function noAnswer(status_info: string): z.infer<typeof Answer> {
  return { status: "Error", status_info, response: undefined };
}

function denial({ status, status_info }: z.infer<typeof Answer>): Denied {
  return { status: status === "AccessDenied" ? status : "Error", status_info };
}
