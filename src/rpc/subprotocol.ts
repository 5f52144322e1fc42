/** The WebSocket subprotocols of OCPP-J, `ocpp1.6`, `ocpp2.0.1`, `ocpp2.1`, in a handshake's header. */

/** The first name of the client's list, which is in its order of preference, that `supported` has too. */
export function chooseSubprotocol(header: string | undefined, supported: readonly string[]): string | undefined {
  const offered = (header ?? "").split(",").map((name) => name.trim());
  return offered.find((name) => supported.includes(name));
}
