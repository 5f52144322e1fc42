/** IPv6 datagrams, by multicast on an interface or by unicast. */
import * as dgram from "node:dgram";
import { bindError, type DatagramOptions, type DatagramSocket, StreamError } from "./ports.ts";
import { codeOf, streamError } from "./socketStream.ts";

/** @throws UserError when the address or port cannot be had or the group cannot be joined. */
export async function openUdp(options: DatagramOptions): Promise<DatagramSocket> {
  const { host, port, group, multicastInterface } = options;
  // Sockets on several interfaces share the port of a group; an address of our own is ours alone.
  const socket = dgram.createSocket({ type: "udp6", ipv6Only: true, reuseAddr: group !== undefined });
  await bound(socket, options);
  try {
    if (group) socket.addMembership(group.address, `::%${group.interface}`);
    if (multicastInterface) socket.setMulticastInterface(`::%${multicastInterface}`);
  } catch (error) {
    socket.close();
    throw bindError(codeOf(error as Error), host, port);
  }
  // Errors after this are those of single datagrams, which `send` reports.
  socket.on("error", () => {});
  return {
    address: host,
    port: socket.address().port,
    send: (bytes, to) =>
      new Promise((resolve, reject) => {
        try {
          socket.send(bytes, to.port, to.address, (error) =>
            error ? reject(streamError("broken", error)) : resolve(),
          );
        } catch (error) {
          reject(new StreamError("broken", codeOf(error as Error), "the socket is closed"));
        }
      }),
    onMessage: (listener) =>
      void socket.on("message", (bytes, { address, port }) => {
        if (!group || scopeOf(address) === undefined || scopeOf(address) === group.interface) {
          listener(bytes, { address, port });
        }
      }),
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function bound(socket: dgram.Socket, { host, port }: DatagramOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(bindError(codeOf(error), host, port));
    });
    socket.bind({ address: host, port }, () => {
      socket.removeAllListeners("error");
      resolve();
    });
  });
}

function scopeOf(address: string): string | undefined {
  return address.split("%")[1];
}
