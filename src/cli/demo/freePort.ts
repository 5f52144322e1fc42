/** Finds a free UDP port, so that a demo never talks to the charger or the demo next door. */
import { createSocket } from "node:dgram";

/** A port on which nobody listens at this moment. @throws the system's error when there is none. */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp6");
    socket.once("error", reject);
    socket.bind({ port: 0, exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
