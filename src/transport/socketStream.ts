import type { Socket } from "node:net";
import type { Clock } from "../util/clock.ts";
import { type ByteStream, StreamError, type StreamFault, type TlsInfo } from "./ports.ts";

/** How long the peer may take to end its side after we have ended ours. */
const CLOSE_MS = 3_000;

/** The code of a system or OpenSSL error. */
export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

export function streamError(reason: StreamFault, error: Error): StreamError {
  return new StreamError(reason, codeOf(error), error.message);
}

/** A connected Node socket, plain or TLS, as a {@link ByteStream}. */
export function socketStream(socket: Socket, clock: Clock, tls?: TlsInfo): ByteStream {
  let failure: Error | undefined;
  socket.setNoDelay(true);
  socket.on("error", (error) => {
    failure = streamError("broken", error);
  });
  const closed = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });
  return {
    remoteAddress: socket.remoteAddress ?? "",
    ...(tls ? { tls } : {}),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (!socket.writable) return reject(failure ?? new StreamError("broken", "EPIPE", "the connection is closed"));
        socket.write(bytes, (error) => (error ? reject(streamError("broken", error)) : resolve()));
      }),
    close: async () => {
      const timer = clock.setTimer(CLOSE_MS, () => socket.destroy());
      socket.end();
      // What the peer still sends must be read, else its end is never seen.
      socket.resume();
      await closed;
      timer.cancel();
    },
    destroy: () => socket.destroy(),
    onData: (listener) => void socket.on("data", (chunk: Uint8Array) => listener(chunk)),
    onClose: (listener) => void closed.then(() => listener(failure)),
  };
}
