/** The npm package `ocpp-rpc` as a foreign peer; its own types do not fit strict TypeScript. */
import * as ocppRpc from "ocpp-rpc";

export interface ForeignPeer {
  call(action: string, payload: unknown): Promise<unknown>;
  handle(action: string, handler: (message: { params: unknown }) => unknown): void;
  close(): Promise<unknown>;
}

export interface ForeignClient extends ForeignPeer {
  connect(): Promise<unknown>;
}

export interface ForeignServer {
  auth(check: (accept: () => void, reject: (status: number) => void, handshake: { password?: Buffer }) => void): void;
  on(event: "client", listener: (client: ForeignPeer & { identity: string }) => void): void;
  listen(port: number, host: string): Promise<{ address(): { port: number } }>;
  close(options: object): Promise<unknown>;
}

export const ForeignClient = ocppRpc.RPCClient as unknown as new (options: object) => ForeignClient;
export const ForeignServer = ocppRpc.RPCServer as unknown as new (options: object) => ForeignServer;
