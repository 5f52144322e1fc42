/** Tables of every message that a station can receive, held against the station and against the schemas. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Validator } from "../../src/ocpp/validator.ts";
import { RpcError } from "../../src/rpc/errors.ts";

/** A part of the answer, or the code of the CALLERROR. */
type Expected = string | object;

export interface ActionRow {
  /** A request that the schema allows and the station can do. */
  readonly right: readonly [request: object, expected: Expected];
  /** One that the schema forbids; every such request is answered with a CALLERROR. */
  readonly wrong: readonly [request: object | null, code: string];
  /** One about a component, an EVSE, a transaction or the like that there is not; absent where there is no such thing. */
  readonly unknown?: readonly [request: object, expected: Expected];
}

export interface Asked {
  readonly station: { readonly commands: readonly unknown[] };
  ask(action: never, request: never): Promise<unknown>;
}

export interface ActionTable {
  /** In `schemas/`. */
  readonly schemas: string;
  readonly validator: Validator;
  readonly rows: Readonly<Record<string, ActionRow>>;
  /** Messages that a station sends; a CSMS that sends them is told that they are not supported here. */
  readonly ownMessages: readonly string[];
  /** At a CSMS that has accepted the station, with whatever the action is about. */
  prepare(action: string): Promise<Asked>;
  /** At a CSMS that has rejected the station. */
  rejected(): Promise<Asked>;
}

export function describeActions({ schemas, validator, rows, ownMessages, prepare, rejected }: ActionTable): void {
  it("is in this table", () => {
    const file = join(import.meta.dirname, "../../schemas", schemas);
    const all: readonly { $id: string }[] = JSON.parse(readFileSync(file, "utf8"));
    const actions = new Set(all.map(({ $id }) => $id.replace(/^urn:|\.(req|conf)$/g, "")));
    expect([...Object.keys(rows), ...ownMessages].toSorted()).toEqual([...actions].toSorted());
  });

  async function expectAnswer(action: string, request: object, expected: Expected): Promise<void> {
    const answer = await ask(await prepare(action), action, request);
    if (typeof expected === "string") return expect(answer).toBe(expected);
    expect(answer).toMatchObject(expected);
    expect(validator.validate(action, "response", answer)).toEqual({ ok: true });
  }

  describe.each(Object.entries(rows))("%s", (action, { right, wrong, unknown }) => {
    it("is answered when it is right", () => expectAnswer(action, ...right));

    it("bad case: is refused when the schema forbids it, and nothing comes of it", async () => {
      const at = await prepare(action);
      const before = at.station.commands.length;
      expect(await ask(at, action, wrong[0])).toBe(wrong[1]);
      expect(await ask(at, action, null)).toBe("TypeConstraintViolation");
      expect(at.station.commands.length).toBe(before);
    });

    if (unknown) it("bad case: is answered when it is about what is not there", () => expectAnswer(action, ...unknown));

    it("is refused while the CSMS has rejected the station", async () => {
      expect(await ask(await rejected(), action, right[0])).toBe("SecurityError");
    });
  });

  it.each(ownMessages)("bad case: %s, which is ours to send, is not supported", async (action) => {
    const refusals = ["NotSupported", "OccurenceConstraintViolation"];
    expect(refusals).toContain(await ask(await prepare(action), action, {}));
  });
}

/** The answer, or the code of the CALLERROR. */
function ask(at: Asked, action: string, request: object | null): Promise<unknown> {
  return at.ask(action as never, request as never).catch((error: unknown) => {
    if (error instanceof RpcError) return error.code;
    throw error;
  });
}
