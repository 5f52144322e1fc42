/** EVerest's MQTT topics (lib/everest/framework); all of them are below `settings.mqtt_everest_prefix`. */
import type { Endpoint } from "../../errors.ts";

/** The prefix of internal topics ends in a slash; that of external ones is taken as it is. */
export const withSlash = (prefix: string) => (prefix.endsWith("/") ? prefix : `${prefix}/`);

export interface CommandTopic extends Endpoint {
  readonly command: string;
}

export class Topics {
  /** Ends in a slash. */
  readonly prefix: string;

  constructor(everestPrefix: string) {
    this.prefix = withSlash(everestPrefix);
  }

  module(moduleId: string): string {
    return `${this.prefix}modules/${moduleId}`;
  }

  variable(source: Endpoint, variable: string): string {
    return `${this.#implementation(source)}/var/${variable}`;
  }

  /** @param type `<error file>/<Name>`; `#` for all of them. */
  error(source: Endpoint, type: string): string {
    return `${this.#implementation(source)}/error/${type}`;
  }

  command(target: Endpoint, command: string): string {
    return `${this.#implementation(target)}/cmd/${command}`;
  }

  /** Every command of a module. */
  commands(moduleId: string): string {
    return this.command({ moduleId, implementationId: "+" }, "+");
  }

  result(target: Endpoint, command: string, caller: string): string {
    return `${this.command(target, command)}/response/${caller}`;
  }

  /** Every result for a caller. */
  results(caller: string): string {
    return this.result({ moduleId: "+", implementationId: "+" }, "+", caller);
  }

  /** What is asked of a command topic; undefined for any other. */
  parseCommand(topic: string): CommandTopic | undefined {
    const [modules, moduleId, impl, implementationId, cmd, command, ...more] = topic
      .slice(this.prefix.length)
      .split("/");
    const named = moduleId !== undefined && implementationId !== undefined && command !== undefined;
    if (!named || modules !== "modules" || impl !== "impl" || cmd !== "cmd" || more.length > 0) return undefined;
    return { moduleId, implementationId, command };
  }

  #implementation({ moduleId, implementationId }: Endpoint): string {
    return `${this.module(moduleId)}/impl/${implementationId}`;
  }
}
