/**
 * A broker of our own, for stations that name none; aedes behind it. It is for control from outside and for tests: aedes
 * drops a message that another one overtakes within it, as one with QoS 0 or without `retain` may. Stations on several hosts
 * take Mosquitto.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { UserError } from "../../util/errors.ts";

export interface EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on the loopback interface only: who can reach it can move the car and the station.
 * @param port 0 for any that is free.
 * @throws UserError when the port is in use.
 */
export async function startBroker(port: number): Promise<EmbeddedBroker> {
  const host = "127.0.0.1";
  // A station with a broker, or without any, starts sooner without it.
  const { Aedes } = await import("aedes");
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true); // small packets that answer each other must not wait for more
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    broker.close();
    const reason = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "is in use" : String(error);
    throw new UserError(`no MQTT broker of our own: port ${port} of ${host} ${reason}`);
  }
  const address = server.address();
  return {
    host,
    port: typeof address === "object" && address ? address.port : port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise((done) => broker.close(() => done(undefined))),
        new Promise((done) => server.close(done)),
      ]);
    },
  };
}
