/** What the test CSMS can do wrong on request, and what a right station makes of it. */

export const faultNames = ["slow", "silent", "garbage", "duplicate", "reject", "wrong-chain"] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultFacts {
  /** What is done. */
  readonly about: string;
  /** What a right station does then. */
  readonly due: string;
}

export const faultFacts: Readonly<Record<FaultName, FaultFacts>> = {
  slow: {
    about: "the answer comes late",
    due: "waits for it up to its time-out, and has no other message under way meanwhile (OCPP-J, 4.1.1)",
  },
  silent: {
    about: "the message is taken in and never answered, as if the answer was lost",
    due: "gives the wait up after its time-out, sends a transaction's message again, the same one, and gives no energy for a token that nobody accepted",
  },
  garbage: {
    about: "half of the answer is sent, which is no JSON",
    due: "takes it for no answer, stays connected, and goes on as after silence",
  },
  duplicate: {
    about: "the answer is sent twice",
    due: "takes the first and ignores the second",
  },
  reject: {
    about: "the message is refused: by its status where it has one, else by a CALLERROR",
    due: "gives no energy for a refused token, asks for a certificate again after CertSigningWaitMinimum, boots again after the interval, and sends a transaction's message again until MessageAttempts are used up",
  },
  "wrong-chain": {
    about:
      "a station's certificate is signed by the CA for the other kind, a car's contract is sent in the name of its operator instead of a provisioning service (SignCertificate, Get15118EVCertificate)",
    due: "refuses the certificate, raises a security event, and keeps what it has; passes the contract on as it is, and the car refuses it",
  },
};
