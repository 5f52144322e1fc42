/** The HTTP API of the test CSMS: a program looks into it, changes it, and has stations asked. */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import type { Logger } from "../../util/log.ts";
import type { Faults } from "../faults/faults.ts";
import type { TransactionService } from "../services/transactions.ts";
import type { AccountStore } from "../store/accounts.ts";
import { accountRoutes } from "./accounts.ts";
import { faultRoutes } from "./faults.ts";
import { guard } from "./guard.ts";
import { openApi } from "./openapi.ts";
import { Problem, type Route } from "./route.ts";
import { type StationParts, stationRoutes } from "./stations.ts";
import { transactionRoutes } from "./transactions.ts";

export interface ApiParts extends StationParts {
  readonly tokens: AccountStore;
  readonly transactions: TransactionService;
  readonly faults: Faults;
  readonly log: Logger;
}

/** A chain of certificates, with room around it. */
const MAX_BODY = 128 * 1024;

export function apiRoutes(parts: ApiParts): Route[] {
  return [
    ...accountRoutes(parts.tokens),
    ...stationRoutes(parts),
    ...transactionRoutes(parts.transactions),
    ...faultRoutes(parts.faults),
  ];
}

/** @param token that has to be shown, if any. */
export function createApi(parts: ApiParts, token: string | undefined): Hono {
  const app = new Hono();
  const routes = apiRoutes(parts);
  const description = openApi(routes);
  app.use(guard(token));
  app.use(bodyLimit({ maxSize: MAX_BODY, onError: (context) => context.json({ error: "too large" }, 413) }));
  app.get("/openapi.json", (context) => context.json(description));
  for (const route of routes) {
    app.on(route.method, route.path.replace(/\{(\w+)\}/g, ":$1"), (context) => answer(route, context));
  }
  app.notFound((context) => context.json({ error: "there is no such path; see /openapi.json" }, 404));
  app.onError((error, context) => {
    parts.log.error({ error }, "the HTTP API failed");
    return context.json({ error: "internal error" }, 500);
  });
  return app;
}

async function answer(route: Route, context: Context): Promise<Response> {
  const { body, params, query, answer: schema } = route.schemas;
  const readings = [
    read("path", params, () => context.req.param()),
    read("query", query, () => context.req.query()),
    read("body", body, await jsonBody(body, context)),
  ] as const;
  const faults = readings.flatMap((reading) => (reading instanceof Problem ? [reading.message] : []));
  if (faults.length > 0) return problem(context, new Problem(400, faults.join("; ")));
  const [path, wanted, content] = readings;
  const result = await route.handle({ params: path, query: wanted, body: content });
  if (result instanceof Problem) return problem(context, result);
  return schema ? context.json(result as object) : context.body(null, 204);
}

function read(where: string, schema: z.ZodType | undefined, source: () => unknown): unknown {
  if (!schema) return undefined;
  const given = source();
  if (given === undefined) return new Problem(400, `${where}: expected JSON, sent as application/json`);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = [where, ...(issue?.path ?? [])].join(".");
  return new Problem(400, `${place}: ${issue?.message ?? "is wrong"}`);
}

/** Undefined, which no schema takes, for what is no JSON; a form that a web page could send is none either. */
async function jsonBody(schema: z.ZodType | undefined, context: Context): Promise<() => unknown> {
  const isJson = context.req.header("content-type")?.startsWith("application/json") ?? false;
  if (!schema || !isJson) return () => undefined;
  const text = await context.req.text();
  return () => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
}

function problem(context: Context, { details, message, status }: Problem): Response {
  return context.json({ error: message, ...(Object.keys(details).length > 0 && { details }) }, status);
}
