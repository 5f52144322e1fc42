/** Attacks and defects that are known from the field; faults refer to them. */
export const attacks = {
  A01: "the length of a frame wraps when the header's is added (CVE-2024-37310)",
  A02: "the length of a discovery datagram wraps, and the reader loops or writes beyond its buffer",
  A03: "every discovery request opens a session and a socket that live on",
  A04: "connections are accepted without limit and without an end",
  A05: "an error on one connection ends the service for all",
  A06: "assertions stand where input should be checked: a crash in one build, no check in the other",
  A08: "a session id of zero is compared with nothing",
  A09: "after a refusal the other side may simply go on",
  A10: "a message at the wrong time is refused, but has had its effect (CVE-2026-24003)",
  A11: "a contract certificate that is no DER ends the process",
  A24: "the decoder checks for the end at whole octets only, and reads past it",
  B02: "timeouts of the standard do not run",
  B05: "the priorities of the handshake are not obeyed",
  B09: "receipts are not checked, or the check has no consequence",
  B10: "a peer that stops in the middle of something makes the station spin",
  B12: "a paused session is joined by somebody else",
  C01: "nothing in a contract's signature names the station: it can be relayed (arXiv 2512.15966)",
  C02: "a man in the middle swaps the sessions of two cars (EVExchange)",
  C03: "discovery is spoofed and TLS stripped, or an older protocol forced (CVE-2025-12357, V2G Injector)",
  C04: "cars and stations in the field speak without TLS (arXiv 2404.06635)",
  C06: "valid paths with one mutation break the state machine (V2G fuzzers)",
} as const;

export type AttackId = keyof typeof attacks;
