/** Commands that modules of this process ask of modules elsewhere. */
import { z } from "zod";
import { type Clock, withTimeout } from "../../../util/clock.ts";
import type { Random } from "../../../util/random.ts";
import { CommandError, CommandErrorCode, type Endpoint } from "../../errors.ts";
import { type Envelope, seal } from "./envelope.ts";
import type { Topics } from "./topics.ts";

const Failure = z.object({ __everest__error_type: z.string(), __everest__error_msg: z.unknown().optional() });
const CommandResult = z.object({
  data: z.object({ id: z.string(), retval: z.unknown().optional(), error: Failure.exactOptional() }),
});

function failureOf({ __everest__error_type, __everest__error_msg }: z.infer<typeof Failure>): CommandError {
  const code = CommandErrorCode.safeParse(__everest__error_type).data ?? "HandlerException";
  return new CommandError(code, String(__everest__error_msg));
}

export interface CallsOptions {
  readonly topics: Topics;
  readonly clock: Clock;
  readonly random: Random;
  readonly timeoutMs: number;
  readonly send: (topic: string, text: string) => void;
  /** Takes back a command that was not sent yet. */
  readonly withdraw: (text: string) => void;
}

interface Outstanding {
  readonly caller: string;
  readonly target: Endpoint;
  readonly topic: string;
  readonly text: string;
  settle(result: Promise<unknown>): void;
}

export class Calls {
  readonly #options: CallsOptions;
  readonly #outstanding = new Map<string, Outstanding>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** @throws CommandError when there is no result. */
  async call(
    caller: string,
    target: Endpoint,
    command: string,
    args: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    const { topics, random, send, clock, timeoutMs, withdraw } = this.#options;
    const id = random.uuid();
    const topic = topics.command(target, command);
    const text = seal("Cmd", { id, args, origin: caller });
    const result = new Promise<unknown>((settle) => {
      this.#outstanding.set(id, { caller, target, topic, text, settle });
    });
    send(topic, text);
    const late = () => {
      withdraw(text);
      const name = `${target.moduleId}/${target.implementationId}/${command}`;
      throw new CommandError("CmdTimeout", `${name}: no result within ${timeoutMs} ms`);
    };
    try {
      return await withTimeout(clock, timeoutMs, result, late);
    } finally {
      this.#outstanding.delete(id);
    }
  }

  /** Takes a result; one that nobody waits for (any more) is dropped. */
  take({ data }: Envelope): void {
    const result = CommandResult.safeParse(data).data?.data;
    const call = result && this.#outstanding.get(result.id);
    if (!result || !call) return;
    this.#outstanding.delete(result.id);
    const { retval = null, error } = result;
    call.settle(error ? Promise.reject(failureOf(error)) : Promise.resolve(retval));
  }

  /** Asks again what may have gone lost; only of modules that see that they were asked before. */
  askAgain(isAnswered: (moduleId: string) => boolean): void {
    for (const { target, topic, text } of this.#outstanding.values()) {
      if (isAnswered(target.moduleId)) this.#options.send(topic, text);
    }
  }

  /** Ends what a module waits for. */
  close(caller: string): void {
    for (const [id, call] of this.#outstanding) {
      if (call.caller !== caller) continue;
      this.#outstanding.delete(id);
      this.#options.withdraw(call.text);
      call.settle(Promise.reject(new CommandError("Shutdown", `${caller} was shut down`)));
    }
  }
}
