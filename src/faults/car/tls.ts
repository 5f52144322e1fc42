/** A car's faults in TLS, as far as `node:tls` can do them, and on the TLS port without it. */
import { appProtocol } from "../../iso15118/appProtocol.ts";
import { ISO2_NAMESPACE } from "../../iso15118/iso2/index.ts";
import type { TlsOffer } from "../../transport/ports.ts";
import { fromHex } from "../../util/bytes.ts";
import type { Fault, Turn } from "../fault.ts";
import { frame, group, type Row, slowly } from "../make.ts";
import { charges, closes, refusesTls } from "../reaction.ts";

const at = "TLS";
const HANDSHAKE_MS = 20_000;

function offers(name: string, about: string, offer: TlsOffer, more: Partial<Row> = {}): Row {
  return { name, about, at, expect: [refusesTls], how: { seam: "TLS offer", offer }, ...more };
}

function instead(name: string, about: string, turn: Turn, more: Partial<Row> = {}): Row {
  const how = { seam: "TLS port", after: "watch", connections: 1, turn } as const;
  return { name, about, at, expect: [refusesTls, closes()], how, ...more };
}

/** TLS 1.2 with ECDHE-ECDSA-AES128-SHA256 and P-256, the least that a server of ISO 15118-2 takes. */
const clientHello = fromHex(
  [
    "1603010045",
    "01000041",
    "0303",
    "15".repeat(32),
    "00",
    "0002c023",
    "0100",
    "0016",
    "000a000400020017",
    "000d000400020403",
    "000b00020100",
  ].join(""),
);

const handshake = frame(
  appProtocol.encode("supportedAppProtocolReq", {
    AppProtocol: [
      { ProtocolNamespace: ISO2_NAMESPACE, VersionNumberMajor: 2, VersionNumberMinor: 0, SchemaID: 1, Priority: 1 },
    ],
  }),
);

/** OpenSSL has versions below 1.2 only at its lowest security level. */
const OLD = "ALL:@SECLEVEL=0";

export const tls: readonly Fault[] = group(
  "ev",
  "tls",
  {
    rule: "ISO 15118-2, 7.7.3",
    danger: "it speaks to cars with less security than the standard demands",
    needs: { tls: true },
    attacks: ["A05"],
  },
  [
    offers("1.1-only", "nothing newer than TLS 1.1", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: OLD }),
    offers(
      "1.3-only",
      "nothing but TLS 1.3, which is for ISO 15118-20",
      { minVersion: "TLSv1.3", maxVersion: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256", ecdhCurve: "auto" },
      { danger: "it speaks TLS 1.3 without the client's certificate that ISO 15118-20 demands" },
    ),
    offers("suite", "no cipher suite of ISO 15118-2", { ciphers: "ECDHE-RSA-AES256-GCM-SHA384" }),
    offers("suite-gcm", "a good cipher suite, but none of ISO 15118-2", { ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" }),
    offers("suite-null", "a suite without encryption", { ciphers: "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0" }),
    offers("curve", "no curve but P-384", { ecdhCurve: "secp384r1" }),
    offers("signature-algorithm", "no signature but RSA's", { sigalgs: "RSA-PSS+SHA256" }),
    instead("plain", "V2GTP without TLS on the port for TLS", [handshake]),
    instead("garbage", "octets that are no TLS record", [new Uint8Array(512).fill(0x5a)]),
    instead("half-hello", "half a ClientHello, and nothing more", [clientHello.subarray(0, 40)], {
      ...{ expect: [refusesTls, closes(HANDSHAKE_MS + 1_000)], watchMs: HANDSHAKE_MS + 2_000 },
      danger: "a car that says nothing more keeps one of few connections for ever",
      attacks: ["A04"],
    }),
    instead("idle", "a TCP connection on which no handshake begins", [], {
      ...{ expect: [refusesTls, closes(HANDSHAKE_MS + 1_000)], watchMs: HANDSHAKE_MS + 2_000 },
      danger: "a car that says nothing keeps one of few connections for ever",
      attacks: ["A04"],
    }),
    {
      ...{ name: "reset", about: "a ClientHello and a reset, and then an honest session", at, expect: [charges] },
      how: { seam: "TLS port", after: "go on", connections: 1, turn: [clientHello] },
      danger: "one connection that breaks off ends the station's service for all",
    },
    {
      ...{
        name: "flood",
        about: "30 connections with half a ClientHello at once, which then go",
        at,
        expect: [charges],
      },
      how: { seam: "TLS port", after: "go on", connections: 30, turn: slowly(clientHello.subarray(0, 8), 1) },
      danger: "a few connections are enough to keep every other car from charging",
      attacks: ["A04"],
    },
  ],
);
