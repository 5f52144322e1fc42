/** What every adapter of the transport ports must do; real sockets and the network in memory run the same cases. */
import { afterEach, describe, expect, it } from "vitest";
import type {
  ByteStream,
  ConnectionFault,
  ListenOptions,
  Network,
  StreamServer,
  TlsClientOptions,
  TlsServerOptions,
} from "../../src/transport/ports.ts";
import { StreamError } from "../../src/transport/ports.ts";
import { concatBytes, toHex } from "../../src/util/bytes.ts";
import { UserError } from "../../src/util/errors.ts";

export interface Candidate {
  readonly name: string;
  readonly network: Network;
  readonly tls?: { readonly server: TlsServerOptions; readonly client: TlsClientOptions };
}

/** Collects what a stream receives and lets a test wait for so many octets, or for the end. */
export function collect(stream: ByteStream) {
  let bytes: Uint8Array = new Uint8Array(0);
  let wake = () => {};
  let ended = false;
  stream.onData((more) => {
    bytes = concatBytes(bytes, more);
    wake();
  });
  const closed = new Promise<Error | undefined>((resolve) =>
    stream.onClose((error) => {
      ended = true;
      resolve(error);
      wake();
    }),
  );
  const take = async (count: number): Promise<Uint8Array> => {
    while (bytes.length < count && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return bytes;
  };
  return { take, closed };
}

/** A promise with its resolver. */
export function signal<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const bytes = (text: string) => new TextEncoder().encode(text);

export function transportCompliance({ name, network, tls }: Candidate): void {
  describe(`${name} keeps the promises of the stream port`, () => {
    const servers: StreamServer[] = [];
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.close();
    });

    async function listen(options: Partial<ListenOptions> = {}) {
      const accepted = signal<ByteStream>();
      const faults: ConnectionFault[] = [];
      const faulted = signal<ConnectionFault>();
      const server = await network.listen({
        host: "::1",
        port: 0,
        maxConnections: 2,
        ...(tls ? { tls: tls.server } : {}),
        onStream: accepted.resolve,
        onFault: (fault) => {
          faults.push(fault);
          faulted.resolve(fault);
        },
        ...options,
      });
      servers.push(server);
      return { server, accepted: accepted.promise, faults, faulted: faulted.promise };
    }

    const connect = (port: number) =>
      network.connect({ host: "::1", port, timeoutMs: 5000, ...(tls ? { tls: tls.client } : {}) });

    async function pair() {
      const { server, accepted } = await listen();
      const near = await connect(server.port);
      return { near, far: await accepted, server };
    }

    it("carries bytes both ways and says how it is secured", async () => {
      const { near, far } = await pair();
      const toFar = collect(far);
      const toNear = collect(near);
      await near.write(bytes("hello"));
      await far.write(bytes("world!"));
      expect(toHex(await toFar.take(5))).toBe(toHex(bytes("hello")));
      expect(toHex(await toNear.take(6))).toBe(toHex(bytes("world!")));
      expect(near.tls?.cipher).toBe(tls ? "ECDHE-ECDSA-AES128-SHA256" : undefined);
      expect(far.tls?.protocol).toBe(tls ? "TLSv1.2" : undefined);
    });

    it("keeps the order of a large write", async () => {
      const { near, far } = await pair();
      const received = collect(far);
      const large = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
      await near.write(large);
      expect(await received.take(large.length)).toEqual(large);
    });

    it("keeps bytes that came before anybody listened", async () => {
      const { near, far } = await pair();
      await near.write(bytes("early"));
      await far.write(bytes("sign that it is on its way"));
      await collect(near).take(5);
      expect(toHex(await collect(far).take(5))).toBe(toHex(bytes("early")));
    });

    it("delivers what was written before a close, then the end, to both sides", async () => {
      const { near, far } = await pair();
      const received = collect(far);
      const nearEnd = collect(near).closed;
      await near.write(bytes("last"));
      await near.close();
      expect(await received.closed).toBeUndefined();
      expect(toHex(await received.take(4))).toBe(toHex(bytes("last")));
      expect(await nearEnd).toBeUndefined();
    });

    it("tells of an end that came before anybody listened", async () => {
      const { near, far } = await pair();
      await near.close();
      await collect(far).closed;
      await collect(far).closed;
    });

    it("bad case: writing to a closed connection is a StreamError", async () => {
      const { near } = await pair();
      await near.close();
      await expect(near.write(bytes("x"))).rejects.toBeInstanceOf(StreamError);
    });

    it("bad case: a peer that drops the connection ends ours", async () => {
      const { near, far } = await pair();
      const ended = collect(near).closed;
      far.destroy();
      await ended;
    });

    it("bad case: nothing listens", async () => {
      const { server } = await listen();
      await server.close();
      await expect(connect(server.port)).rejects.toMatchObject({ reason: "refused" });
    });

    it("bad case: the port is in use", async () => {
      const { server } = await listen();
      const again = listen({ port: server.port });
      await expect(again).rejects.toBeInstanceOf(UserError);
      await expect(again).rejects.toThrow(`Port ${server.port}`);
    });

    it("bad case: connections above the limit are closed and reported, the others go on", async () => {
      const { server, faulted, accepted } = await listen();
      const first = await connect(server.port);
      const far = await accepted;
      await connect(server.port);
      const third = await connect(server.port).catch(() => undefined);
      if (third) await collect(third).closed;
      expect(await faulted).toMatchObject({ kind: "too many connections" });
      await first.write(bytes("still here"));
      expect((await collect(far).take(10)).length).toBe(10);
    });

    it("frees a place when a connection ends", async () => {
      const { server } = await listen({ maxConnections: 1, onStream: (stream) => void collect(stream) });
      for (let round = 0; round < 3; round++) {
        const stream = await connect(server.port);
        await stream.close();
      }
    });

    it("drops all connections and goes on listening", async () => {
      let accepted = signal<ByteStream>();
      const { server } = await listen({ maxConnections: 1, onStream: (stream) => accepted.resolve(stream) });
      for (let round = 0; round < 3; round++) {
        accepted = signal();
        const near = collect(await connect(server.port));
        const far = collect(await accepted.promise);
        server.dropAll();
        await Promise.all([near.closed, far.closed]);
      }
    });
  });

  describe(`${name} keeps the promises of the datagram port`, () => {
    it("carries a datagram there and back", async () => {
      const server = await network.openDatagrams({ host: "::1", port: 0 });
      const client = await network.openDatagrams({ host: "::1", port: 0 });
      server.onMessage((message, from) => void server.send(concatBytes(message, message), from));
      const answer = signal<Uint8Array>();
      client.onMessage((message) => answer.resolve(new Uint8Array(message)));
      await client.send(bytes("ab"), server);
      expect(toHex(await answer.promise)).toBe(toHex(bytes("abab")));
      await server.close();
      await client.close();
    });

    it("bad case: the port is in use, or the socket is closed", async () => {
      const server = await network.openDatagrams({ host: "::1", port: 0 });
      await expect(network.openDatagrams({ host: "::1", port: server.port })).rejects.toBeInstanceOf(UserError);
      await server.close();
      await expect(server.send(bytes("x"), { address: "::1", port: 9 })).rejects.toBeInstanceOf(StreamError);
    });
  });
}
