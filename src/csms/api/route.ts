/** A route of the HTTP API as a value: from it come the handler and its description. */
import type { z } from "zod";

/** What went wrong, as a person is told it. */
export class Problem {
  readonly status: ProblemStatus;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: ProblemStatus, message: string, details: Readonly<Record<string, unknown>> = {}) {
    this.status = status;
    this.message = message;
    this.details = details;
  }
}

export const problemWords = {
  400: "something in the request is wrong; it says what",
  404: "there is no such thing",
  409: "the station is not connected",
  502: "the station answered with a CALLERROR, or against the schema",
  503: "too many requests wait for the station",
  504: "the station did not answer in time",
} as const;
export type ProblemStatus = keyof typeof problemWords;

interface Schemas<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> {
  /** Of the path's parts in braces. */
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** With 200; without it, 204 with nothing. */
  readonly answer?: A;
}

export interface Input<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

export interface Route {
  readonly method: "get" | "post" | "put" | "delete";
  /** As in OpenAPI: `/stations/{identity}`. */
  readonly path: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** For programs that are made from the description. */
  readonly operationId: string;
  readonly problems: readonly ProblemStatus[];
  readonly schemas: Schemas<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;
  /** @param input has been checked. */
  handle(input: Input<unknown, unknown, unknown>): unknown;
}

type Facts = Pick<Route, "method" | "path" | "summary" | "operationId"> & {
  readonly problems?: readonly ProblemStatus[];
};

/** A handler that fits its schemas; what it gives is its answer, or a Problem. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  { problems = [], ...facts }: Facts,
  schemas: Schemas<P, Q, B, A>,
  handle: (
    input: Input<z.output<P>, z.output<Q>, z.output<B>>,
  ) => z.input<A> | Problem | undefined | Promise<z.input<A> | Problem | undefined>,
): Route {
  const checks = schemas.params ?? schemas.query ?? schemas.body;
  return {
    ...facts,
    problems: checks ? [400, ...problems] : problems,
    schemas,
    handle: (input) => handle(input as Input<z.output<P>, z.output<Q>, z.output<B>>),
  };
}
