import { connect as netConnect } from "node:net";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { ConnectionFault, ListenOptions, StreamServer, TlsCredentials } from "../../src/transport/ports.ts";
import { toHex } from "../../src/util/bytes.ts";
import { UserError } from "../../src/util/errors.ts";
import { toPemBlock } from "../../src/x509/pem.ts";
import { testChain } from "./certificates.ts";
import { collect, signal, transportCompliance } from "./compliance.ts";

const network = nodeNetwork();
const first = await testChain("SECC one");
const second = await testChain("SECC two", "a password");
const accept = () => ({ ok: true }) as const;

transportCompliance({
  name: "Node TLS",
  network,
  tls: { server: { credentials: [first.credentials], handshakeMs: 5000 }, client: { verify: accept } },
});

describe("TLS as ISO 15118-2 wants it", () => {
  let server: StreamServer;
  let fault = signal<ConnectionFault>();
  const keyLog: string[] = [];
  const stapled = Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x06);
  const options: ListenOptions = {
    host: "::1",
    port: 0,
    maxConnections: 20,
    tls: {
      credentials: [{ ...first.credentials, ocsp: stapled }],
      handshakeMs: 200,
      onKeyLog: (line) => keyLog.push(new TextDecoder().decode(line)),
    },
    onStream: (stream) => {
      stream.onData((bytes) => void stream.write(bytes));
    },
    onFault: (seen) => fault.resolve(seen),
  };
  beforeAll(async () => {
    server = await network.listen(options);
  });
  afterAll(() => server.close());

  const connect = (verify: (chain: readonly Uint8Array[], ocsp?: Uint8Array) => boolean) =>
    network.connect({
      host: "::1",
      port: server.port,
      timeoutMs: 3000,
      tls: {
        requestOCSP: true,
        verify: ({ chain, ocsp }) => (verify(chain, ocsp) ? { ok: true } : { ok: false, reason: "unknown root" }),
      },
    });

  /** A raw Node client with options of its own. */
  async function foreign(extra: tls.ConnectionOptions): Promise<{ ok: boolean; code?: string }> {
    const socket = tls.connect({ host: "::1", port: server.port, rejectUnauthorized: false, ca: [], ...extra });
    const result = await new Promise<{ ok: boolean; code?: string }>((resolve) => {
      socket.on("error", (error: NodeJS.ErrnoException) => resolve({ ok: false, code: error.code ?? "" }));
      socket.once("secureConnect", () => resolve({ ok: true }));
    });
    socket.destroy();
    return result;
  }

  /** The server still serves honest cars. */
  async function alive(): Promise<void> {
    const stream = await connect(() => true);
    const received = collect(stream);
    await stream.write(Uint8Array.of(7));
    expect(await received.take(1)).toEqual(Uint8Array.of(7));
    await stream.close();
  }

  it("shows the chain to the client's own verdict, leaf first, without the root, with the stapled OCSP response", async () => {
    let chain: readonly Uint8Array[] = [];
    let ocsp: Uint8Array | undefined;
    const stream = await connect((shown, response) => {
      chain = shown;
      ocsp = response;
      return true;
    });
    expect(chain.map(toHex)).toEqual([first.leaf, first.subCa].map(toHex));
    expect(ocsp && toHex(ocsp)).toBe(toHex(stapled));
    expect(stream.tls?.peerChain.map(toHex)).toEqual(chain.map(toHex));
    await stream.close();
  });

  it("shows what the server sent, also what belongs to no path, and never a root", async () => {
    const extra = [second.subCa, first.root].map((der) => toPemBlock("CERTIFICATE", der)).join("");
    server.setCredentials([{ ...first.credentials, chain: `${first.credentials.chain}${extra}` }]);
    let chain: readonly Uint8Array[] = [];
    const stream = await connect((shown) => {
      chain = shown;
      return true;
    });
    expect(chain.map(toHex)).toEqual([first.leaf, first.subCa, second.subCa].map(toHex));
    await stream.close();
    server.setCredentials([first.credentials]);
  });

  it("hands key log lines to its hook", async () => {
    await alive();
    expect(keyLog.some((line) => line.startsWith("CLIENT_RANDOM "))).toBe(true);
  });

  it("bad case: a server that the verdict refuses gets no byte", async () => {
    await expect(connect(() => false)).rejects.toMatchObject({ reason: "peer rejected", message: "unknown root" });
    await alive();
  });

  it.each([
    ["another suite", { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" }, "ERR_SSL_NO_SHARED_CIPHER"],
    ["TLS 1.3 only", { minVersion: "TLSv1.3" }, "ERR_SSL_UNSUPPORTED_PROTOCOL"],
    ["another curve", { maxVersion: "TLSv1.2", ecdhCurve: "secp521r1" }, "ERR_SSL_NO_SHARED_CIPHER"],
  ] as const)("bad case: a client that offers %s is turned away with one fault", async (_name, extra, code) => {
    fault = signal();
    expect(await foreign(extra)).toMatchObject({ ok: false });
    expect(await fault.promise).toMatchObject({ kind: "handshake", code });
    await alive();
  });

  it("gives no session ticket", async () => {
    const socket = tls.connect({ host: "::1", port: server.port, rejectUnauthorized: false, ca: [] });
    const ticket = await new Promise((resolve) => socket.once("secureConnect", () => resolve(socket.getTLSTicket())));
    expect(ticket).toBeUndefined();
    socket.destroy();
  });

  it.each([
    ["garbage", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["half a client hello", Buffer.from("16030100c8010000c40303", "hex")],
    ["nothing", Buffer.alloc(0)],
  ])("bad case: %s instead of a handshake ends with one fault, in time", async (_name, bytes) => {
    fault = signal();
    const socket = netConnect({ host: "::1", port: server.port });
    socket.on("error", () => {});
    socket.write(bytes);
    expect(await fault.promise).toMatchObject({ kind: "handshake" });
    socket.destroy();
    await alive();
  });

  it("bad case: a client that resets after its hello", async () => {
    fault = signal();
    const socket = netConnect({ host: "::1", port: server.port });
    socket.on("error", () => {});
    socket.write(Buffer.from("16030100c8010000c40303", "hex"), () => socket.resetAndDestroy());
    expect(await fault.promise).toMatchObject({ kind: "handshake" });
    await alive();
  });

  it("lets go of a handshake that stands still", async () => {
    fault = signal();
    const socket = netConnect({ host: "::1", port: server.port });
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(Buffer.from("16030100c8010000c40303", "hex"));
    // Whoever connects later is accepted later.
    await alive();
    server.dropAll();
    await closed;
    expect(await fault.promise).toMatchObject({ kind: "handshake", code: "ECONNRESET" });
    await alive();
  });

  it("serves new certificates to new connections while old ones go on", async () => {
    const old = await connect(() => true);
    server.setCredentials([second.credentials]);
    let leaf = "";
    const fresh = await connect(([shown]) => {
      leaf = toHex(shown ?? new Uint8Array());
      return true;
    });
    expect(leaf).toBe(toHex(second.leaf));
    const received = collect(old);
    await old.write(Uint8Array.of(1));
    expect((await received.take(1)).length).toBe(1);
    await Promise.all([old.close(), fresh.close()]);
    server.setCredentials([first.credentials]);
  });

  it.each<[string, TlsCredentials]>([
    ["the key of another certificate", { ...first.credentials, key: second.plainKey }],
    ["a wrong password", { ...second.credentials, passphrase: "wrong" }],
    ["no password", { chain: second.credentials.chain, key: second.credentials.key }],
    ["garbage", { chain: "garbage", key: "garbage" }],
  ])("bad case: %s is a UserError, and the old certificates stay", async (_name, credentials) => {
    expect(() => server.setCredentials([credentials])).toThrow(UserError);
    const listening = network.listen({ ...options, tls: { credentials: [credentials], handshakeMs: 100 } });
    await expect(listening).rejects.toBeInstanceOf(UserError);
    await alive();
  });

  it("bad case: a server that never answers is given up in time", async () => {
    const silent = await network.listen({ host: "::1", port: 0, maxConnections: 5, onStream: (s) => void collect(s) });
    const attempt = network.connect({ host: "::1", port: silent.port, timeoutMs: 100, tls: { verify: accept } });
    await expect(attempt).rejects.toMatchObject({ reason: "timeout" });
    await silent.close();
  });

  it("bad case: a server that speaks no TLS", async () => {
    const plain = await network.listen({
      host: "::1",
      port: 0,
      maxConnections: 5,
      onStream: (stream) => stream.onData(() => void stream.write(Uint8Array.of(1, 2, 3, 4, 5, 6))),
    });
    const attempt = network.connect({ host: "::1", port: plain.port, timeoutMs: 3000, tls: { verify: accept } });
    await expect(attempt).rejects.toMatchObject({ reason: "handshake" });
    await plain.close();
  });
});
