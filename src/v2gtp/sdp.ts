/** SECC discovery, ISO 15118-2 clause 7.10.1: one datagram asks for a charger, one answers with its address. */
import { decodeHeader, encodeFrame, HEADER_LENGTH, payloadType, V2gtpError } from "./header.ts";

/** The UDP port of SDP servers. */
export const SDP_PORT = 15118;
/** All nodes of the link; a request goes there. */
export const SDP_MULTICAST = "ff02::1";

const REQUEST_LENGTH = 2;
const RESPONSE_LENGTH = 20;
const TCP = 0x00;

export type SdpSecurity = "tls" | "none";
const securityOctet: Readonly<Record<SdpSecurity, number>> = { tls: 0x00, none: 0x10 };

export interface SdpRequest {
  readonly security: SdpSecurity;
}

export interface SdpResponse {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly security: SdpSecurity;
}

export function encodeSdpRequest({ security }: SdpRequest): Uint8Array {
  return encodeFrame(payloadType.sdpRequest, Uint8Array.of(securityOctet[security], TCP));
}

/** @throws V2gtpError unless the datagram is exactly a request for TCP with a security octet of 0x00 or 0x10. */
export function decodeSdpRequest(datagram: Uint8Array): SdpRequest {
  const [security, transport] = content(datagram, payloadType.sdpRequest, REQUEST_LENGTH);
  return { security: readSecurity(security, transport) };
}

export function encodeSdpResponse({ address, port, security }: SdpResponse): Uint8Array {
  const payload = new Uint8Array(RESPONSE_LENGTH);
  payload.set(address);
  payload.set([port >> 8, port & 0xff, securityOctet[security], TCP], 16);
  return encodeFrame(payloadType.sdpResponse, payload);
}

/** @throws V2gtpError unless the datagram is exactly a response for TCP with a security octet of 0x00 or 0x10. */
export function decodeSdpResponse(datagram: Uint8Array): SdpResponse {
  const payload = content(datagram, payloadType.sdpResponse, RESPONSE_LENGTH);
  const [high = 0, low = 0, security, transport] = payload.subarray(16);
  return { address: payload.slice(0, 16), port: (high << 8) | low, security: readSecurity(security, transport) };
}

function content(datagram: Uint8Array, type: number, length: number): Uint8Array {
  const header = decodeHeader(datagram, length);
  if (header.payloadType !== type)
    throw new V2gtpError("payload type", `payload type ${header.payloadType.toString(16)}`);
  if (header.length !== length || datagram.length !== HEADER_LENGTH + length) {
    throw new V2gtpError("length", `datagram of ${datagram.length} octets`);
  }
  return datagram.subarray(HEADER_LENGTH);
}

function readSecurity(security: number | undefined, transport: number | undefined): SdpSecurity {
  if (transport !== TCP) throw new V2gtpError("content", `transport octet ${transport}`);
  if (security === securityOctet.tls) return "tls";
  if (security === securityOctet.none) return "none";
  throw new V2gtpError("content", `security octet ${security}`);
}
