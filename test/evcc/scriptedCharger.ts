/** A charger by script: it answers SECC discovery and every request as it is told, in bytes. */
import { appProtocol, type SupportedAppProtocolRes } from "../../src/iso15118/appProtocol.ts";
import { bodyOf, iso2, messageOf, type Named, type V2G_Message } from "../../src/iso15118/iso2/index.ts";
import type { ByteStream, Network } from "../../src/transport/ports.ts";
import { ipv6Octets } from "../../src/v2gtp/address.ts";
import { Framer } from "../../src/v2gtp/framer.ts";
import { encodeFrame, payloadType } from "../../src/v2gtp/header.ts";
import { decodeSdpRequest, encodeSdpResponse, type SdpSecurity } from "../../src/v2gtp/sdp.ts";
import { type AcResponse, answers, SessionID } from "./fixtures.ts";

export interface Script {
  readonly network: Network;
  /** What SDP promises; `undefined` stays silent. */
  readonly security?: SdpSecurity | undefined;
  /** Null is silence. */
  readonly agreement?: SupportedAppProtocolRes | null;
  /** Changes to the good answer for the n-th request of this name, from 0; bytes go out as they are, null is silence. */
  answer?(request: Named["name"], n: number, stream: ByteStream): object | Uint8Array | null;
}

export interface ScriptedCharger {
  /** Requests with their whole messages, in order. */
  readonly heard: readonly (Named & { readonly header: V2G_Message["Header"] })[];
  readonly sdpRequests: () => number;
  close(): Promise<void>;
}

export const SDP_PORT = 15118;

export async function scriptedCharger(script: Script): Promise<ScriptedCharger> {
  const { network, security = "tls" } = script;
  const heard: (Named & { header: V2G_Message["Header"] })[] = [];
  const listening = {
    host: "::1",
    port: 0,
    maxConnections: 1,
    onStream: (stream: ByteStream) => serve(stream, script, heard),
  };
  const tls = { credentials: [{ chain: "", key: "" }] as const, handshakeMs: 1000 };
  const server = await network.listen(security === "tls" ? { ...listening, tls } : listening);
  const sdp = await network.openDatagrams({ host: "::1", port: SDP_PORT });
  let asked = 0;
  sdp.onMessage((datagram, from) => {
    asked++;
    decodeSdpRequest(datagram);
    if ("security" in script && script.security === undefined) return;
    void sdp.send(encodeSdpResponse({ address: ipv6Octets("::1"), port: server.port, security }), from);
  });
  const close = async () => void (await Promise.all([server.close(), sdp.close()]));
  return { heard, sdpRequests: () => asked, close };
}

function serve(stream: ByteStream, script: Script, heard: (Named & { header: V2G_Message["Header"] })[]): void {
  const framer = new Framer(65536);
  let agreed = false;
  const send = (exi: Uint8Array) => void stream.write(encodeFrame(payloadType.exi, exi)).catch(() => {});
  stream.onData((bytes) => {
    for (const { payload } of framer.push(bytes)) {
      if (!agreed) {
        agreed = true;
        if (script.agreement === null) continue;
        send(
          appProtocol.encode(
            "supportedAppProtocolRes",
            script.agreement ?? { ResponseCode: "OK_SuccessfulNegotiation", SchemaID: 1 },
          ),
        );
        continue;
      }
      const { value } = iso2.decode(payload) as { value: V2G_Message };
      const request = bodyOf(value) as Named;
      const n = heard.filter(({ name }) => name === request.name).length;
      heard.push({ ...request, header: value.Header });
      const change = script.answer ? script.answer(request.name, n, stream) : {};
      if (change instanceof Uint8Array) void stream.write(change);
      else if (change !== null) send(answerTo(request.name, change));
    }
  });
}

/** The EXI of the good answer with a change. */
export function answerTo(request: Named["name"], change: object = {}): Uint8Array {
  const name = request.replace(/Req$/, "Res") as AcResponse;
  return iso2.encode(
    "V2G_Message",
    messageOf({ SessionID }, { name, message: { ...answers[name], ...change } } as Named),
  );
}
