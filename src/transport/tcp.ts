/** Plain TCP. */
import * as net from "node:net";
import type { Clock } from "../util/clock.ts";
import { InternalError } from "../util/errors.ts";
import {
  type ByteStream,
  bindError,
  type ConnectOptions,
  type ListenOptions,
  StreamError,
  type StreamServer,
} from "./ports.ts";
import { codeOf, socketStream, streamError } from "./socketStream.ts";

export async function listenTcp(options: ListenOptions, clock: Clock): Promise<StreamServer> {
  const server = net.createServer((socket) => options.onStream(socketStream(socket, clock)));
  const bound = await bind(server, options);
  return {
    ...bound,
    setCredentials: () => {
      throw new InternalError("a plain TCP server has no certificates");
    },
  };
}

/** Binds a server and keeps account of its connections. */
export async function bind(server: net.Server, options: ListenOptions) {
  const { host, port, maxConnections, onFault } = options;
  const open = new Set<net.Socket>();
  server.maxConnections = maxConnections;
  server.on("connection", (socket: net.Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  server.on("drop", (dropped) => {
    const message = `more than ${maxConnections} connections`;
    onFault?.({ kind: "too many connections", remoteAddress: dropped?.remoteAddress ?? "", code: "EMFILE", message });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(bindError(codeOf(error), host, port)));
    server.listen({ host, port, ipv6Only: true }, resolve);
  });
  // From here on an error concerns one attempt to accept, never the server.
  server.removeAllListeners("error");
  server.on("error", (error) => {
    onFault?.({ kind: "handshake", remoteAddress: "", code: codeOf(error), message: error.message });
  });
  const address = server.address() as net.AddressInfo;
  const dropAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    address: host,
    port: address.port,
    dropAll,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}

export function connectTcp({ host, port, timeoutMs }: ConnectOptions, clock: Clock): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const fail = (error: StreamError) => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = clock.setTimer(timeoutMs, () =>
      fail(new StreamError("timeout", "ETIMEDOUT", `[${host}]:${port} did not answer in ${timeoutMs} ms`)),
    );
    socket.on("error", (error) => fail(streamError("refused", error)));
    socket.once("connect", () => {
      timer.cancel();
      socket.removeAllListeners("error");
      resolve(socketStream(socket, clock));
    });
  });
}
