import { afterAll, expect } from "vitest";
import { type Csms, startCsms } from "../../src/csms/csms.ts";
import type { CsmsOptions } from "../../src/csms/options.ts";
import { contractAccount, csmsPki } from "../../src/csms/pki.ts";
import type { Decision } from "../../src/csms/report.ts";
import { type Call, createCall, createHandler, type Handlers } from "../../src/ocpp/v201/endpoint.ts";
import { createPki, type MemberId, type Pki, requireFault } from "../../src/pki/index.ts";
import { type Endpoint, Link } from "../../src/rpc/link.ts";
import type { Peer } from "../../src/rpc/peer.ts";
import { systemClock } from "../../src/util/clock.ts";
import { silentLogger } from "../../src/util/log.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { silentTracer } from "../../src/util/trace.ts";
import { ocspCertId, toPem } from "../../src/x509/index.ts";

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export const emaid = "DEABCC1B2C3D4E5";
export const password = "a-secret-of-20-bytes";

export interface TestCsms {
  readonly csms: Csms;
  readonly decisions: Decision[];
}

/** A CSMS on free ports, in memory, that knows the station CP001 by its password. */
export async function startTestCsms(overrides: Partial<CsmsOptions> = {}): Promise<TestCsms> {
  const csms = await startCsms({
    clock: systemClock,
    random: cryptoRandom,
    log: silentLogger,
    trace: silentTracer,
    stations: [{ identity: "CP001", profile: 1, password }],
    ...overrides,
  });
  closers.push(() => csms.close());
  const decisions: Decision[] = [];
  csms.subscribe((event) => event.type === "decision" && decisions.push(event.decision));
  return { csms, decisions };
}

/** A PKI whose certificates name the CSMS's responder, and a CSMS that trusts it and has its contract. */
export async function withPki({ csms }: TestCsms, ...faults: string[]): Promise<Pki> {
  const pki = await createPki({
    clock: systemClock,
    random: cryptoRandom,
    eMAID: emaid,
    ocspUrl: csms.ocspUrl,
    faults: faults.map(requireFault),
  });
  csms.usePki(csmsPki(pki));
  csms.setContracts([contractAccount(pki)]);
  return pki;
}

export interface TestStation {
  readonly call: Call;
  readonly link: Link;
}

/** Our link as a station, booted. */
export async function connectStation(
  { csms }: TestCsms,
  handlers: Handlers = {},
  endpoint: Partial<Endpoint> = {},
): Promise<TestStation> {
  const link = await new Promise<Link>((resolve, reject) => {
    const created: Link = new Link({
      clock: systemClock,
      random: cryptoRandom,
      endpoint: () => ({
        url: csms.url,
        identity: "CP001",
        subprotocols: ["ocpp2.0.1"],
        security: { profile: 1, password },
        ...endpoint,
      }),
      backOff: { waitMinimumMs: 100_000, randomRangeMs: 0, repeatTimes: 0 },
      connected: (peer: Peer) => {
        peer.onCall(createHandler(handlers, undefined));
        resolve(created);
      },
      failed: (failure) => reject(new TypeError(failure.message)),
    });
    closers.push(() => created.stop());
    created.start();
  });
  const call = createCall(link);
  const boot = await call("BootNotification", {
    reason: "PowerUp",
    chargingStation: { vendorName: "plugcharge", model: "test" },
  });
  expect(boot.status).toBe("Accepted");
  return { call, link };
}

/** Hash data of a contract's chain as a station sends it. */
export function hashDataOf(pki: Pki, url: string, leaf: MemberId = "contract") {
  const certificates = [pki.members[leaf].certificate, ...pki.chain(leaf), pki.root(leaf)];
  return certificates.slice(0, -1).map((certificate, index) => {
    const issuer = certificates[index + 1] ?? certificate;
    return { ...ocspCertId(certificate, issuer), hashAlgorithm: "SHA256" as const, responderURL: url };
  });
}

/** The contract with its sub-CAs as PEM. */
export function contractPem(pki: Pki): string {
  return toPem(pki.members.contract.certificate, ...pki.chain("contract"));
}
