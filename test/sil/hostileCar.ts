/** A car that is plugged in and means harm: what it does to a station, over real sockets. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { connect as connectTls } from "node:tls";
import { discoverCharger } from "../../src/evcc/discovery.ts";
import { bodyOf, iso2, type Messages, messageOf, type Named, type V2G_Message } from "../../src/iso15118/iso2/index.ts";
import { chooseLink } from "../../src/transport/interfaces.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import { systemClock } from "../../src/util/clock.ts";
import { encodeFrame, HEADER_LENGTH, payloadType } from "../../src/v2gtp/header.ts";
import { parseCertificate } from "../../src/x509/certificate.ts";
import { createCertificate } from "../../src/x509/create.ts";
import { code, TestEv } from "../secc/world.ts";
import type { Site } from "./site.ts";

const network = nodeNetwork();
const link = chooseLink("lo");
const zeroId = new Uint8Array(8);

/** What an attack may use, and what it leaves behind. */
export interface Hostile {
  /** Finds the station by SDP and connects. */
  connect(security?: "tls" | "none"): Promise<TestEv>;
  /** A TCP connection to the TLS port. */
  tcp(): Promise<Socket>;
  /** To the SDP server. */
  datagram(bytes: Uint8Array): Promise<void>;
  /** Recorded from the wire during somebody's session: this contract, and this AuthorizationReq with its signature. */
  readonly recorded: { readonly contract: Messages["PaymentDetailsReq"]; readonly authorization: V2G_Message };
  /** A key that belongs to no contract. */
  readonly key: KeyObject;
  /** Pseudorandom, the same in every run. */
  garbage(length: number): Uint8Array;
}

export function hostileAt(site: Site): Hostile {
  let seed = 0x15118;
  const find = async (security: "tls" | "none") => {
    const signal = new AbortController().signal;
    const charger = await discoverCharger({
      ...{ network, clock: systemClock, link, port: site.sdpPort, security, cycles: 1, signal },
    });
    if (charger?.security !== security) throw new TypeError(`no charger with ${security}`);
    return charger.port;
  };
  return {
    connect: async (security = "tls") => TestEv.connectTo(network, await find(security), security),
    async tcp() {
      const socket = connectTcp({ host: "::1", port: await find("tls") });
      socket.on("error", () => {});
      await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
      return socket;
    },
    datagram: (bytes) =>
      new Promise((resolve) => {
        const socket = createSocket("udp6");
        socket.send(bytes, site.sdpPort, "::1", () => socket.close(() => resolve()));
      }),
    recorded: recordedBy(site),
    key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    garbage: (length) =>
      Uint8Array.from({ length }, () => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return seed >>> 24;
      }),
  };
}

/** An honest car's messages as anyone on the wire without TLS, or a dishonest station, would have them. */
function recordedBy({ frames }: Site): Hostile["recorded"] {
  const messages = frames
    .filter(({ from }) => from === "EV")
    .flatMap(({ bytes }) => {
      try {
        const { root, value } = iso2.decode(bytes.subarray(HEADER_LENGTH));
        return root === "V2G_Message" ? [value] : [];
      } catch {
        return [];
      }
    });
  const contract = messages.map(bodyOf).find((body) => body?.name === "PaymentDetailsReq")?.message;
  const authorization = messages.find((message) => bodyOf(message)?.name === "AuthorizationReq");
  if (!contract || !authorization) throw new TypeError("no honest session was recorded");
  return { contract: contract as Messages["PaymentDetailsReq"], authorization };
}

/** What the station answers at last; `closed` when it says nothing and drops the connection. */
export type Answer = string | "closed" | undefined;

export interface Attack {
  readonly name: string;
  /** The station's last word; undefined when there is none to wait for. */
  readonly answer: Answer;
  run(hostile: Hostile): Promise<Answer>;
}

/** Sends octets as they are and waits until the station gives up. */
async function spoil(ev: TestEv, bytes: Uint8Array): Promise<Answer> {
  await ev.stream.write(bytes);
  await ev.closed;
  return "closed";
}

/** An EXI message, whatever it is, and what becomes of it. */
async function say(ev: TestEv, exi: Uint8Array): Promise<Answer> {
  await ev.send(exi);
  return code(await ev.answer()) ?? "closed";
}

async function agreed(hostile: Hostile, security: "tls" | "none" = "tls"): Promise<TestEv> {
  const ev = await hostile.connect(security);
  await ev.agree();
  return ev;
}

async function inSession(hostile: Hostile, security: "tls" | "none" = "tls"): Promise<TestEv> {
  const ev = await agreed(hostile, security);
  await ev.ask("SessionSetupReq");
  return ev;
}

async function selected(hostile: Hostile): Promise<TestEv> {
  const ev = await inSession(hostile);
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  return ev;
}

/** Has shown somebody else's contract, which is in order, and got a challenge. */
async function challenged(hostile: Hostile): Promise<{ ev: TestEv; GenChallenge: Uint8Array }> {
  const ev = await selected(hostile);
  const answer = await ev.ask("PaymentDetailsReq", hostile.recorded.contract);
  if (answer?.name !== "PaymentDetailsRes" || answer.message.ResponseCode !== "OK") {
    throw new TypeError(`the recorded contract was not taken: ${code(answer)}`);
  }
  return { ev, GenChallenge: answer.message.GenChallenge };
}

/** The recorded message in this session, with another challenge if there is one. */
function replay({ recorded }: Hostile, ev: TestEv, GenChallenge?: Uint8Array): Uint8Array {
  const { Header } = recorded.authorization;
  const body = bodyOf(recorded.authorization) as Named<"AuthorizationReq">;
  const message = { ...body.message, ...(GenChallenge && { GenChallenge }) };
  return iso2.encode("V2G_Message", messageOf({ ...Header, SessionID: ev.sessionId }, { ...body, message }));
}

/** The first octets of a TLS handshake. */
function clientHello(): Promise<Uint8Array> {
  const [near, far] = duplexPair();
  const tls = connectTls({ socket: near, rejectUnauthorized: false });
  tls.on("error", () => {});
  return new Promise((resolve) =>
    far.once("data", (bytes: Uint8Array) => {
      tls.destroy();
      resolve(bytes);
    }),
  );
}

/** In the order of a session. */
export const attacks: readonly Attack[] = [
  {
    name: "datagrams that are no SECC discovery",
    answer: undefined,
    async run({ datagram, garbage }) {
      await datagram(new Uint8Array(0));
      await datagram(garbage(1400));
      await datagram(Uint8Array.of(1, 0xfe, 0x90, 0, 0xff, 0xff, 0xff, 0xff, 0, 0));
      return undefined;
    },
  },
  {
    name: "random octets instead of a ClientHello",
    answer: "closed",
    async run({ tcp, garbage }) {
      const socket = await tcp();
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.resume().write(garbage(4096));
      await closed;
      return "closed";
    },
  },
  {
    name: "a reset after the ClientHello",
    answer: undefined,
    async run({ tcp }) {
      const socket = await tcp();
      const hello = await clientHello();
      await new Promise((resolve) => socket.write(hello, resolve));
      socket.resetAndDestroy();
      return undefined;
    },
  },
  {
    name: "as many stalled TLS handshakes as there may be connections",
    answer: undefined,
    async run({ tcp }) {
      const half = (await clientHello()).subarray(0, 40);
      for (let count = 0; count < 8; count++) (await tcp()).write(half);
      return undefined;
    },
  },
  {
    name: "random octets instead of V2GTP",
    answer: "closed",
    run: async ({ connect, garbage }) => spoil(await connect(), garbage(4096)),
  },
  ...["fffffff8", "ffffffff", "00010001"].map(
    (length): Attack => ({
      name: `a V2GTP length of 0x${length}`,
      answer: "closed",
      run: async ({ connect }) => spoil(await connect(), Buffer.from(`01fe8001${length}80`, "hex")),
    }),
  ),
  {
    name: "half a frame, and then nothing more but the end",
    answer: undefined,
    async run({ connect }) {
      const ev = await connect();
      await ev.stream.write(Buffer.from("01fe80010000002080", "hex"));
      await ev.stream.close();
      return undefined;
    },
  },
  {
    name: "random octets as the handshake",
    answer: "closed",
    run: async ({ connect, garbage }) => say(await connect(), garbage(300)),
  },
  {
    name: "an ISO 15118-2 message as the handshake",
    answer: "closed",
    async run({ connect }) {
      const ev = await connect();
      return say(ev, ev.encode("SessionSetupReq"));
    },
  },
  {
    name: "a protocol that nobody speaks",
    answer: "Failed_NoNegotiation",
    run: async ({ connect }) => (await (await connect()).agree("urn:nobody"))?.ResponseCode,
  },
  {
    name: "random octets instead of SessionSetupReq",
    answer: "closed",
    async run(hostile) {
      return say(await agreed(hostile), hostile.garbage(64));
    },
  },
  {
    name: "a message cut one octet short",
    answer: "closed",
    async run(hostile) {
      const ev = await agreed(hostile);
      return say(ev, ev.encode("SessionSetupReq").subarray(0, -1));
    },
  },
  {
    name: "power before a session",
    answer: "FAILED_SequenceError",
    run: async (hostile) => code(await (await agreed(hostile)).ask("PowerDeliveryReq")),
  },
  {
    name: "more requests at once than a car ever sends",
    answer: "closed",
    async run(hostile) {
      const ev = await agreed(hostile);
      const frame = encodeFrame(payloadType.exi, ev.encode("SessionSetupReq"));
      return spoil(ev, Buffer.concat(Array.from({ length: 50 }, () => frame)));
    },
  },
  {
    name: "octets one by one and frames joined, which is in order, and then a session id of zero",
    answer: "FAILED_UnknownSession",
    async run(hostile) {
      const ev = await agreed(hostile);
      for (const octet of encodeFrame(payloadType.exi, ev.encode("SessionSetupReq"))) {
        await ev.stream.write(Uint8Array.of(octet));
      }
      await ev.answer();
      const frames = (["ServiceDiscoveryReq", "PaymentServiceSelectionReq"] as const).map((name) =>
        encodeFrame(payloadType.exi, ev.encode(name)),
      );
      await ev.stream.write(Buffer.concat(frames));
      const joined = [code(await ev.answer()), code(await ev.answer())];
      if (joined.some((each) => each !== "OK")) return joined.join();
      ev.sessionId = zeroId;
      return code(await ev.ask("PaymentDetailsReq", hostile.recorded.contract));
    },
  },
  {
    name: "a contract without TLS",
    answer: "FAILED_PaymentSelectionInvalid",
    async run(hostile) {
      const ev = await inSession(hostile, "none");
      await ev.ask("ServiceDiscoveryReq");
      return code(await ev.ask("PaymentServiceSelectionReq"));
    },
  },
  {
    name: "external payment, and power without waiting for it",
    answer: "FAILED_SequenceError",
    async run(hostile) {
      const ev = await inSession(hostile);
      await ev.ask("ServiceDiscoveryReq");
      await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: "ExternalPayment" });
      return code(await ev.ask("PowerDeliveryReq"));
    },
  },
  {
    name: "a contract certificate that is no DER",
    answer: "FAILED_CertChainError",
    async run(hostile) {
      const ev = await selected(hostile);
      const ContractSignatureCertChain = { Certificate: hostile.garbage(600) };
      return code(await ev.ask("PaymentDetailsReq", { ContractSignatureCertChain }));
    },
  },
  {
    name: "sub-certificates that are no DER",
    answer: "FAILED_CertChainError",
    async run(hostile) {
      const ev = await selected(hostile);
      const { Certificate } = hostile.recorded.contract.ContractSignatureCertChain;
      const SubCertificates = { Certificate: [hostile.garbage(800), hostile.garbage(1)] };
      const ContractSignatureCertChain = { Certificate, SubCertificates };
      return code(await ev.ask("PaymentDetailsReq", { ...hostile.recorded.contract, ContractSignatureCertChain }));
    },
  },
  {
    name: "a contract that it has made itself",
    answer: "FAILED_CertificateNotAllowedAtThisEVSE",
    run: async (hostile) => code(await (await selected(hostile)).ask("PaymentDetailsReq", ownContract(hostile))),
  },
  {
    name: "a forged copy of somebody's contract",
    answer: "FAILED_CertChainError",
    run: async (hostile) => code(await (await selected(hostile)).ask("PaymentDetailsReq", forgedContract(hostile))),
  },
  {
    name: "AuthorizationReq without having shown a contract",
    answer: "FAILED_SequenceError",
    run: async (hostile) => code(await (await selected(hostile)).ask("AuthorizationReq", {}, hostile.key)),
  },
  {
    name: "somebody's contract and no signature",
    answer: "FAILED_SignatureError",
    async run(hostile) {
      const { ev, GenChallenge } = await challenged(hostile);
      return code(await ev.ask("AuthorizationReq", { GenChallenge }));
    },
  },
  {
    name: "somebody's contract and the signature of another key",
    answer: "FAILED_SignatureError",
    async run(hostile) {
      const { ev, GenChallenge } = await challenged(hostile);
      return code(await ev.ask("AuthorizationReq", { GenChallenge }, hostile.key));
    },
  },
  {
    name: "somebody's AuthorizationReq once more",
    answer: "FAILED_ChallengeInvalid",
    async run(hostile) {
      const { ev } = await challenged(hostile);
      return say(ev, replay(hostile, ev));
    },
  },
  {
    name: "somebody's signature under the new challenge",
    answer: "FAILED_SignatureError",
    async run(hostile) {
      const { ev, GenChallenge } = await challenged(hostile);
      return say(ev, replay(hostile, ev, GenChallenge));
    },
  },
  {
    name: "somebody's contract, and then energy without AuthorizationReq",
    answer: "FAILED_SequenceError",
    async run(hostile) {
      const { ev } = await challenged(hostile);
      return code(await ev.ask("ChargeParameterDiscoveryReq"));
    },
  },
  {
    name: "a reset in the middle of PaymentDetailsReq's check",
    answer: undefined,
    async run(hostile) {
      const ev = await selected(hostile);
      await ev.send(ev.encode("PaymentDetailsReq", hostile.recorded.contract));
      ev.stream.destroy();
      return undefined;
    },
  },
];

/** For a station that leaves contracts to the CSMS: the copy is shown, signed for with its own key, and waited for. */
export const forgery: Attack = {
  name: "a forged copy of somebody's contract with a signature that fits it",
  answer: "FAILED",
  async run(hostile) {
    const ev = await selected(hostile);
    const details = await ev.ask("PaymentDetailsReq", forgedContract(hostile));
    if (details?.name !== "PaymentDetailsRes") return details?.name;
    const { GenChallenge } = details.message;
    let answer = await ev.ask("AuthorizationReq", { GenChallenge }, hostile.key);
    while (answer?.name === "AuthorizationRes" && answer.message.EVSEProcessing !== "Finished") {
      answer = await ev.ask("AuthorizationReq", {});
    }
    return code(answer);
  },
};

/** Only the name is somebody's. */
function ownContract({ recorded, key }: Hostile): Messages["PaymentDetailsReq"] {
  const { eMAID } = recorded.contract;
  const now = systemClock.now();
  const { der } = createCertificate({
    subject: { CN: eMAID, O: "Nobody", DC: "MO" },
    issuer: { CN: "MOSubCA2", O: "Nobody" },
    publicKey: createPublicKey(key),
    signingKey: key,
    serialNumber: "0a",
    notBefore: now - 1e6,
    notAfter: now + 1e9,
    extensions: [],
  });
  return { eMAID, ContractSignatureCertChain: { Certificate: der } };
}

/** All is somebody's but the key, so that hashes and OCSP say nothing against it; only the signature does. */
function forgedContract({ recorded, key }: Hostile): Messages["PaymentDetailsReq"] {
  const { Certificate, SubCertificates } = recorded.contract.ContractSignatureCertChain;
  const [leaf, issuer] = [Certificate, ...(SubCertificates?.Certificate ?? [])].map((der) => parseCertificate(der));
  if (!leaf || !issuer) throw new TypeError("the recorded chain has no sub-CA");
  const { CN = "", O = "", C = "", DC = "" } = leaf.subject;
  const { der } = createCertificate({
    subject: { CN, O, C, DC },
    issuer,
    publicKey: createPublicKey(key),
    signingKey: key,
    serialNumber: leaf.serialNumber,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    extensions: [...leaf.extensions.values()],
  });
  const ContractSignatureCertChain = { Certificate: der, ...(SubCertificates && { SubCertificates }) };
  return { ...recorded.contract, ContractSignatureCertChain };
}
