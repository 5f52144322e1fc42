/** Commands that modules elsewhere ask of modules of this process. */
import { z } from "zod";
import type { Logger } from "../../../util/log.ts";
import { CommandError, type CommandErrorCode } from "../../errors.ts";
import type { CommandHandler } from "../bus.ts";
import { answer, reasonOf } from "../delivery.ts";
import { type Envelope, seal } from "./envelope.ts";
import type { CommandTopic, Topics } from "./topics.ts";

const Command = z.object({
  id: z.string().max(256),
  args: z.record(z.string(), z.unknown()).nullable().default({}),
  origin: z.string().max(256),
});
type Command = z.infer<typeof Command>;

interface Server {
  readonly handle: CommandHandler;
  readonly log: Logger;
}

/** How many answers are kept for who asks again. */
const REMEMBERED = 1000;

const nameOf = ({ moduleId, implementationId, command }: CommandTopic) => `${moduleId}/${implementationId}/${command}`;

export interface CommandsOptions {
  readonly topics: Topics;
  readonly log: Logger;
  readonly send: (topic: string, text: string) => void;
}

export class Commands {
  readonly #options: CommandsOptions;
  readonly #servers = new Map<string, Server>();
  /** Answers by the command's id, oldest first; undefined while it is worked on. */
  readonly #answers = new Map<string, string | undefined>();

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  serve(command: CommandTopic, handle: CommandHandler, log: Logger): void {
    this.#servers.set(nameOf(command), { handle, log });
  }

  /** Answers nothing of this module any more. */
  close(moduleId: string): void {
    for (const name of this.#servers.keys()) if (name.startsWith(`${moduleId}/`)) this.#servers.delete(name);
  }

  /** Has a command carried out, once, and sends what came of it. */
  async take(topic: string, { data }: Envelope): Promise<void> {
    const { topics, log } = this.#options;
    const asked = topics.parseCommand(topic);
    const command = Command.safeParse(data).data;
    if (!asked || !command) return log.warn({ topic }, `a command on ${topic} is dropped: it names no id or no origin`);
    const reply = topics.result(asked, asked.command, command.origin);
    if (this.#answers.has(command.id)) return this.#repeat(reply, command.id);
    this.#remember(command.id);
    const text = await this.#carryOut(asked, command);
    if (this.#answers.has(command.id)) this.#answers.set(command.id, text);
    this.#options.send(reply, text);
  }

  #repeat(reply: string, id: string): void {
    const text = this.#answers.get(id);
    if (text !== undefined) this.#options.send(reply, text);
  }

  #remember(id: string): void {
    this.#answers.set(id, undefined);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > REMEMBERED && oldest !== undefined) this.#answers.delete(oldest);
  }

  async #carryOut(asked: CommandTopic, { id, args }: Command): Promise<string> {
    const origin = asked.moduleId;
    const failure = (code: CommandErrorCode, reason: string) =>
      sealResult({ id, origin, error: { __everest__error_type: code, __everest__error_msg: reason } });
    const name = nameOf(asked);
    const server = this.#servers.get(name);
    if (!server) return failure("NotReady", `${name}: nobody answers this command`);
    try {
      return sealResult({ id, origin, retval: (await answer(server.log, name, server.handle, args ?? {})) ?? null });
    } catch (error) {
      return failure(error instanceof CommandError ? error.code : "HandlerException", reasonOf(error));
    }
  }
}

function sealResult(data: object): string {
  return seal("CmdResult", { type: "result", data });
}
