/**
 * Known attacks and defects that concern V2G, SDP and TLS, by the ids of the project's list of limits and faults, with the
 * tests that hold us to the safe behaviour. What concerns OCPP, the CSMS or certificate stores alone is not here.
 */
export interface Proof {
  /** Below `test/`. */
  readonly file: string;
  /** A piece of the test's title, as it stands in the file. */
  readonly title: string;
}

export interface Row {
  /** What goes wrong elsewhere, and what must happen here. */
  readonly about: string;
  readonly proofs: readonly Proof[];
}

const at = (file: string, title: string): Proof => ({ file, title });

export const ids: Readonly<Record<string, Row>> = {
  A01: {
    about: "V2GTP lengths near 2^32 (CVE-2024-37310): nothing is allocated by them, the connection ends",
    proofs: [
      at("v2gtp/framer.test.ts", "fffffff8"),
      at("secc/secc.test.ts", "a length beyond 32 bit arithmetic"),
      at("sil/hostileCar.ts", "a V2GTP length of 0x"),
    ],
  },
  A02: {
    about: "SDP lengths near 2^32: the datagram is dropped",
    proofs: [at("hostile/floods.test.ts", "(A02)"), at("v2gtp/sdp.test.ts", "garbage is a V2gtpError")],
  },
  A03: {
    about: "a flood of SDP requests: no socket for any of them",
    proofs: [at("hostile/floods.test.ts", "(A03)")],
  },
  A04: {
    about: "connections that say nothing: few at a time, gone after the handshake's time",
    proofs: [
      at("hostile/floods.test.ts", "(A04)"),
      at("secc/secc.test.ts", "idle connections are limited"),
      at("sil/hostileCar.ts", "as many stalled TLS handshakes as there may be connections"),
    ],
  },
  A05: {
    about: "a handshake broken off anywhere, a write to who has gone: the next EV is served",
    proofs: [
      at("hostile/tlsRecords.test.ts", "at each record"),
      at("hostile/ends.test.ts", "(A05)"),
      at("sil/hostileCar.ts", "a reset after the ClientHello"),
    ],
  },
  A06: {
    about: "what no schema allows: an error of the codec, never an assertion",
    proofs: [at("hostile/fuzz.test.ts", "sequences with one mutation each"), at("exi/vectors.test.ts", "malformed")],
  },
  A08: {
    about: "SessionID zero, empty or foreign: FAILED_UnknownSession in every state",
    proofs: [
      at("secc/everyMessage.test.ts", "a message of another session"),
      at("secc/iso2/machine.test.ts", "with the session id"),
    ],
  },
  A09: {
    about: "going on after a refusal: the station has closed, and hears nothing",
    proofs: [
      at("secc/secc.test.ts", "who goes on after a refusal is not heard any more"),
      at("secc/everyMessage.test.ts", "Whatever follows is not heard any more"),
    ],
  },
  A10: {
    about: "a message out of sequence: FAILED_SequenceError, and nothing on the bus, in every state",
    proofs: [at("secc/everyMessage.test.ts", "a message out of sequence")],
  },
  A11: {
    about: "certificates that are no DER: FAILED_CertChainError",
    proofs: [
      at("sil/hostileCar.ts", "a contract certificate that is no DER"),
      at("sil/hostileCar.ts", "sub-certificates that are no DER"),
    ],
  },
  A13: {
    about: "more payment options or modes on the bus than a message holds",
    proofs: [at("hostile/bus.test.ts", "(A13)")],
  },
  A14: {
    about: "orders before there is a network",
    proofs: [at("hostile/bus.test.ts", "(A14)")],
  },
  A16: {
    about: "a withdrawal before the transaction: no energy while nobody pays",
    proofs: [
      at("modules/EvseV2G/safety.test.ts", "whatever happens in between, in whatever order"),
      at("modules/EvseManager/withAuth.test.ts", "withdrawal in any interleaving"),
    ],
  },
  A17: {
    about: "an answer that comes after the car was unplugged: it is for nobody",
    proofs: [
      at("modules/EvseV2G/safety.test.ts", "whatever happens in between, in whatever order"),
      at("secc/secc.test.ts", "an answer that comes after the EV has gone does nothing to the next one"),
    ],
  },
  A18: {
    about: "races between messages, events and answers",
    proofs: [
      at("hostile/bus.test.ts", "(A18)"),
      at("modules/EvseManager/noEnergyWithoutAuthorization.test.ts", "whatever happens in whatever order"),
    ],
  },
  A24: {
    about: "EXI cut short at every bit",
    proofs: [at("hostile/truncations.test.ts", "every truncation at every bit")],
  },
  A27: {
    about: "an abort in any DC state: the next session works",
    proofs: [at("hostile/ends.test.ts", "(A27)")],
  },
  B01: {
    about: "session ids and challenges from a CSPRNG, each once",
    proofs: [
      at("secc/iso2/sessionSetup.test.ts", "never gives an id twice"),
      at("secc/iso2/paymentDetails.test.ts", "never gives a challenge twice"),
    ],
  },
  B02: {
    about: "silence is cut after 60 s in every state of -2",
    proofs: [at("secc/timeouts.test.ts", "V2G_SECC_Sequence_Timeout, 60 s, in every state")],
  },
  B05: {
    about: "the EV's priority counts; no decision on half a hello; the chain that the EV trusts is shown",
    proofs: [
      at("secc/handshake.test.ts", "takes what the EV wants most of what both speak"),
      at("transport/chainChoice.test.ts", "a hello cut in two at each octet is answered the same"),
      at("modules/EvseV2G/chains.test.ts", "Then a car sees the one below the root that it names"),
    ],
  },
  B06: {
    about: "OCSP responses are stapled, each to its leaf",
    proofs: [at("modules/EvseV2G/chains.test.ts", "Then each is stapled its own OCSP response")],
  },
  B08: {
    about: "CertificateUpdateReq gets a response of its own",
    proofs: [at("secc/contractInstallation.test.ts", "CertificateUpdateReq")],
  },
  B09: {
    about: "a receipt for another reading, of another signer or of none: FAILED_MeteringSignatureNotValid, recorded",
    proofs: [at("secc/iso2/charging.test.ts", 'describe("MeteringReceipt"')],
  },
  B10: {
    about: "a peer that leaves or pauses anywhere: few lines in the log",
    proofs: [at("hostile/ends.test.ts", "(B10)")],
  },
  B12: {
    about: "a paused session is joined by its own car alone, and not after a restart",
    proofs: [at("secc/pause.test.ts", "a paused session")],
  },
  B13: {
    about: "octets held to three codecs",
    proofs: [at("exi/vectors.test.ts", "disputed")],
  },
  C01: {
    about: "a relayed contract: TLS alone, trusted chargers alone, a challenge for one session alone",
    proofs: [
      at("secc/secc.test.ts", "is not served on the open wire"),
      at("secc/secc.test.ts", "a challenge of another connection is none"),
      at("sil/hostileCar.ts", "somebody's AuthorizationReq once more"),
      at("evcc/charger.test.ts", "describe("),
    ],
  },
  C02: {
    about: "one contract in two sessions: the second is refused",
    proofs: [at("modules/EvseV2G/safety.test.ts", "(C02)")],
  },
  C03: {
    about: "TLS stripped: the car leaves, the station does not listen",
    proofs: [
      at("evcc/session.test.ts", "no TLS where it is required"),
      at("hostile/floods.test.ts", "(C03)"),
      at("secc/sdpServer.test.ts", '"force", "none", true, "tls"'),
    ],
  },
  C04: {
    about: "no contract without TLS",
    proofs: [at("sil/hostileCar.ts", "a contract without TLS")],
  },
  C05: {
    about: "a link that dies in any state: the contactor opens at once",
    proofs: [at("hostile/ends.test.ts", "(C05)"), at("modules/EvseV2G/safety.test.ts", "C05")],
  },
  C06: {
    about: "valid ways with one mutation",
    proofs: [at("hostile/fuzz.test.ts", "sequences with one mutation each")],
  },
};
