import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Responders } from "../../src/csms/services/responders.ts";
import { systemClock } from "../../src/util/clock.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Cleanup } from "../rpc/support.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(server, (it) => {
    it.closeAllConnections();
    return new Promise((resolve) => it.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/ocsp`;
}

function allowing(url: string): Responders {
  const responders = new Responders({ clock: systemClock });
  responders.allow(url);
  return responders;
}

const request = new Uint8Array([1, 2, 3]);

describe("asking a responder", () => {
  it("posts the request and gives the answer", async () => {
    const url = await serve((message, response) => {
      expect(message.headers["content-type"]).toBe("application/ocsp-request");
      message.pipe(response);
    });
    expect(await allowing(url).ask(url, request)).toEqual({ ok: true, response: request });
  });

  it("asks the URL that was allowed, however a station writes it", async () => {
    const url = await serve((message, response) => response.end(message.url));
    const answer = await allowing(url).ask(`${url.toUpperCase()}/?x=1#y`, request);
    expect(answer).toEqual({ ok: true, response: new Uint8Array(Buffer.from("/ocsp")) });
  });

  it("asks where the responder is to be found, which nobody who allows it again can change", async () => {
    const url = await serve((message, response) => response.end(message.url));
    const responders = new Responders({ clock: systemClock });
    responders.allow("http://responder.example/ocsp", url);
    responders.allow("http://responder.example/ocsp", "http://127.0.0.1:1/elsewhere");
    const answer = await responders.ask("http://responder.example/ocsp", request);
    expect(answer).toEqual({ ok: true, response: new Uint8Array(Buffer.from("/ocsp")) });
  });

  it.each([
    ["an error status", (response) => response.writeHead(500).end(), "HTTP status 500"],
    ["an endless answer", (response) => response.end(Buffer.alloc(100_000)), "too large"],
    ["an answer that breaks off", (response) => response.destroy(), ""],
  ] as [string, (response: Parameters<RequestListener>[1]) => void, string][])(
    "bad case: %s",
    async (_name, respond, words) => {
      const url = await serve((_message, response) => respond(response));
      const answer = await allowing(url).ask(url, request);
      expect(answer).toMatchObject({ ok: false, outcome: "unreachable", message: expect.stringContaining(words) });
    },
  );

  it("bad case: a redirect is not followed", async () => {
    let victims = 0;
    const victim = await serve((_message, response) => {
      victims += 1;
      response.end();
    });
    const url = await serve((_message, response) => response.writeHead(303, { Location: victim }).end());
    expect(await allowing(url).ask(url, request)).toMatchObject({ ok: false, outcome: "unreachable" });
    expect(victims).toBe(0);
  });

  it("bad case: a responder that says nothing is given up", async () => {
    const clock = new ManualClock();
    let asked = () => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await serve(() => asked());
    const responders = new Responders({ clock, timeoutMs: 5_000 });
    responders.allow(url);
    const answer = responders.ask(url, request);
    await arrived;
    await clock.advance(5_000);
    expect(await answer).toEqual({ ok: false, outcome: "unreachable", message: "no answer within 5000 ms" });
  });

  it.each(["http://127.0.0.1:1/other", "https://127.0.0.1:1/ocsp", "http://127.0.0.1:2/ocsp", "ocsp", "file:///ocsp"])(
    "bad case: %s is not the one that was allowed",
    async (url) => {
      expect(await allowing("http://127.0.0.1:1/ocsp").ask(url, request)).toMatchObject({ outcome: "notAllowed" });
    },
  );
});
