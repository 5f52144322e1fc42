import { afterEach, describe, expect, it } from "vitest";
import { SdpServer, sdpAnswer } from "../../src/secc/sdpServer.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { fromHex, toHex } from "../../src/util/bytes.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Timeline } from "../../src/util/trace.ts";
import { encodeSdpRequest } from "../../src/v2gtp/sdp.ts";
import { link } from "./world.ts";

describe("what is answered", () => {
  it.each([
    ["prohibit", "tls", true, "none"],
    ["prohibit", "tls", false, "none"],
    ["prohibit", "none", true, "none"],
    ["allow", "tls", true, "tls"],
    ["allow", "tls", false, "none"],
    ["allow", "none", true, "none"],
    ["force", "tls", true, "tls"],
    ["force", "tls", false, "silence"],
    ["force", "none", true, "tls"],
    ["force", "none", false, "silence"],
  ] as const)("tls_security %s, the EV asks for %s, TLS usable %s: %s", (tlsSecurity, wish, usable, answer) => {
    expect(sdpAnswer(tlsSecurity, wish, usable)).toBe(answer);
  });
});

describe("the SDP server", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function serve({ ready = true, certificate = true } = {}) {
    const network = memoryNetwork();
    const clock = new ManualClock();
    const timeline = new Timeline(clock);
    const server = await SdpServer.open({
      network,
      link,
      port: 15118,
      tlsSecurity: "force",
      trace: timeline,
      dataLinkReady: () => ready,
      serverPort: (security) => (security === "tls" ? (certificate ? 64109 : undefined) : 61341),
    });
    const client = await network.openDatagrams({ host: "::1", port: 0 });
    open.push(server, client);
    const answers: string[] = [];
    client.onMessage((bytes) => answers.push(toHex(bytes)));
    const send = async (bytes: Uint8Array) => {
      await client.send(bytes, { address: "::1", port: 15118 });
      await clock.advance(1);
    };
    return { server, send, answers, timeline };
  }

  it("answers with address, port and security", async () => {
    const { send, answers } = await serve();
    await send(encodeSdpRequest({ security: "none" }));
    expect(answers).toEqual(["01fe90010000001400000000000000000000000000000001fa6d0000"]);
  });

  it("tells the timeline once, however often the EV asks, and again for the next EV", async () => {
    const { server, send, answers, timeline } = await serve();
    for (let time = 0; time < 50; time++) await send(encodeSdpRequest({ security: "tls" }));
    expect(answers).toHaveLength(50);
    expect(timeline.entries.map(({ title }) => title)).toEqual(["SECCDiscoveryReq", "SECCDiscoveryRes"]);
    server.forget();
    await send(encodeSdpRequest({ security: "tls" }));
    expect(timeline.entries).toHaveLength(4);
  });

  it("is silent without a certificate, and says what to do", async () => {
    const { send, answers, timeline } = await serve({ certificate: false });
    await send(encodeSdpRequest({ security: "tls" }));
    expect(answers).toEqual([]);
    expect(timeline.entries.at(-1)).toMatchObject({ outcome: "refused", fix: expect.stringContaining("SECC leaf") });
  });

  it("is silent while there is no data link", async () => {
    const { send, answers } = await serve({ ready: false });
    await send(encodeSdpRequest({ security: "tls" }));
    expect(answers).toEqual([]);
  });

  it.each([
    ["", "nothing"],
    ["01fe9000fffffff80000", "a length that overflows"],
    ["01fe90000000000200", "a short datagram"],
    ["01fe9000000000021010", "another transport than TCP"],
    ["01fe900100000014fe800000000000000000000000010002fa6d0000", "a response"],
  ])("bad case: %s (%s) gets no answer, and the next EV does", async (hex) => {
    const { send, answers } = await serve();
    await send(fromHex(hex));
    expect(answers).toEqual([]);
    await send(encodeSdpRequest({ security: "tls" }));
    expect(answers).toHaveLength(1);
  });
});
