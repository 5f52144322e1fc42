/** The CSMS's HTTP side: the OCSP responder (RFC 6960, appendix A: POST, and GET with the request in the path), and more. */
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { BytesError, fromBase64 } from "../util/bytes.ts";
import { UserError } from "../util/errors.ts";
import type { OcspResponder } from "./services/ocspResponder.ts";

const MAX_REQUEST = 16 * 1024;

/** @param routes what is served beside the responder. */
export function createHttpApp(responder: OcspResponder, routes: readonly Hono[] = []): Hono {
  const app = new Hono();
  const reply = (request: Uint8Array) =>
    new Response(new Uint8Array(responder.answer(request)), {
      headers: { "Content-Type": "application/ocsp-response" },
    });
  app.post("/ocsp", bodyLimit({ maxSize: MAX_REQUEST }), async (context) =>
    reply(new Uint8Array(await context.req.arrayBuffer())),
  );
  app.get("/ocsp/:request{.+}", (context) => {
    const request = decode(context.req.param("request"));
    return request ? reply(request) : context.body(null, 400);
  });
  for (const more of routes) app.route("/", more);
  return app;
}

function decode(base64: string): Uint8Array | undefined {
  if (base64.length > 2 * MAX_REQUEST) return undefined;
  try {
    return fromBase64(base64);
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}

export interface HttpSide {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws UserError when the port cannot be had. */
export function serveHttp(app: Hono, host: string, port: number): Promise<HttpSide> {
  const server = createAdaptorServer({ fetch: app.fetch });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) =>
      reject(new UserError(`the HTTP port ${port} on ${host} cannot be had (${error.code ?? error.message})`)),
    );
    server.listen(port, host, () =>
      resolve({ port: (server.address() as AddressInfo).port, close: () => stop(server) }),
    );
  });
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
