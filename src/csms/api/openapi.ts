/** The description of the HTTP API, made from its routes: OpenAPI 3.1. */
import { z } from "zod";
import { problemWords, type Route } from "./route.ts";
import { ProblemAnswer } from "./schemas.ts";

export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method] = operation(route);
    paths[route.path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "plugcharge csms",
      version: "1",
      description: "What a test CSMS knows, and what it is to do. Not for production.",
    },
    paths,
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    // Where there is a token, it is needed.
    security: [{}, { token: [] }],
  };
}

function operation({ operationId, problems, schemas, summary }: Route): object {
  const { answer, body, params, query } = schemas;
  const good = answer
    ? { 200: { description: "done", content: json(answer, "output") } }
    : { 204: { description: "done" } };
  const bad = problems.map((status) => [status, { description: problemWords[status], content: json(ProblemAnswer) }]);
  return {
    operationId,
    summary,
    parameters: [...parameters(params, "path"), ...parameters(query, "query")],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: { ...good, ...Object.fromEntries(bad) },
  };
}

function parameters(schema: z.ZodType | undefined, place: "path" | "query"): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: value,
  }));
}

function json(schema: z.ZodType, io: "input" | "output" = "input"): object {
  const { $schema: _draft, ...plain } = z.toJSONSchema(schema, { io });
  return { "application/json": { schema: plain } };
}
