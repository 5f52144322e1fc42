/** Runs a manager's command line in this process. */
import { spawnSync } from "node:child_process";
import { constants, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type Io, processIo } from "../../../src/cli/io.ts";
import { managerCommand } from "../../../src/cli/manager/flags.ts";
import { runManager } from "../../../src/cli/manager/run.ts";

/** A car on its charger's board, without anything else: what external topics move can be seen on the bus. */
export const smallStation = `active_modules:
  yeti:
    module: YetiSimulator
    config_module: {connector_id: 1}
  car:
    module: EvManager
    config_module: {connector_id: 1, auto_enable: true}
    connections:
      ev_board_support:
        - {module_id: yeti, implementation_id: ev_board_support}
settings: {mqtt_everest_prefix: everest_1, mqtt_external_prefix: external_1}
`;

export class Folder {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), "plugcharge-manager-")));
  }
  async write(name: string, text: string): Promise<string> {
    const file = join(this.path, name);
    await writeFile(file, text);
    return file;
  }
  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** A named pipe that somebody reads. */
export class Fifo {
  readonly path: string;
  readonly lines: string[] = [];
  readonly #reader: Socket;
  #wake = () => {};

  private constructor(path: string) {
    this.path = path;
    // Open for both, so that opening does not wait and the end of a writer is not the end of the pipe.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#reader = new Socket({ fd, readable: true, writable: false });
    let rest = "";
    this.#reader.on("data", (chunk) => {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      this.lines.push(...parts);
      this.#wake();
    });
  }

  static make(path: string): Fifo {
    spawnSync("mkfifo", [path]);
    return new Fifo(path);
  }

  /** Resolves when the line has come. */
  async says(line: string): Promise<void> {
    while (!this.lines.includes(line)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#reader.destroy();
  }
}

export interface Managed {
  readonly code: Promise<number>;
  readonly errors: () => string;
  interrupt(): void;
}

/** Starts a manager; `code` is its exit code when it has ended. */
export function manage(args: readonly string[], env: Io["env"] = {}): Managed {
  let stderr = "";
  const collect = new Writable({
    write(chunk, _encoding, done) {
      stderr += String(chunk);
      done();
    },
  });
  let code = 0;
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve));
  let asked = 0;
  const io: Io = {
    ...{ ...processIo, stdout: collect, stderr: collect, env },
    setExitCode: (value) => {
      code = value;
    },
    interrupted: () => (asked++ === 0 ? interrupted : new Promise(() => {})),
    crashed: () => new Promise(() => {}),
  };
  const command = managerCommand("manager", (flags) => runManager(flags, io)).exitOverride();
  command.configureOutput({ writeOut: () => {}, writeErr: (text) => void collect.write(text) });
  const done = command.parseAsync(["--log", "silent", "--hardware-delays", "0", ...args], { from: "user" });
  return { code: done.then(() => code), errors: () => stderr, interrupt };
}
