/** Forty days in a second: the SECC leaf and its OCSP responses, with the real certificate store and a CA that signs for real. */
import { describe, expect, it, onTestFinished } from "vitest";
import { csmsPki } from "../../src/csms/pki.ts";
import { SigningService } from "../../src/csms/services/signing.ts";
import { CertificateStore as IssuedCertificates } from "../../src/csms/store/certificates.ts";
import { migrations } from "../../src/csms/store/migrations.ts";
import { type CertificateStore, openStore, resolvePaths } from "../../src/evseSecurity/index.ts";
import { createPki, type Pki, writePki } from "../../src/pki/index.ts";
import { openDatabase } from "../../src/util/database.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import type { FakeStation } from "./fakeStation.ts";
import { temporaryFolder } from "./folder.ts";
import { bench as bench201 } from "./support.ts";
import { bench as bench16 } from "./v16/bench.ts";

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const WAIT = 30;
const ocspUrl = "http://127.0.0.1:1/ocsp";

/** A station of either version with its CSMS, as far as certificates go. */
interface Site {
  readonly clock: ManualClock;
  readonly station: FakeStation;
  /** Connects and boots. */
  connect(): Promise<void>;
  /** Called with each request for a signature. */
  onRequest(listener: (csr: string) => void): void;
  onOcspRequest(listener: () => void): void;
  /** CertificateSigned. @returns the status. */
  sign(chain: string): Promise<string>;
}

type Prepare = (station: FakeStation) => void;

function site201(clock: ManualClock, prepare: Prepare): Site {
  const values = {
    "ISO15118Ctrlr.V2GCertificateInstallationEnabled": "true",
    "ISO15118Ctrlr.SeccId": "DECPOE12345",
    "ISO15118Ctrlr.OrganizationName": "CPO",
    "ISO15118Ctrlr.CountryName": "DE",
    "SecurityCtrlr.CertSigningWaitMinimum": String(WAIT),
    "SecurityCtrlr.CertSigningRepeatTimes": "3",
  };
  const at = bench201({ clock, prepare, values });
  const { script } = at.csms;
  return {
    ...{ clock, station: at.station, connect: at.connect },
    onRequest(listener) {
      script.SignCertificate = ({ csr }) => {
        listener(csr);
        return { status: "Accepted" };
      };
    },
    onOcspRequest(listener) {
      script.GetCertificateStatus = () => {
        listener();
        return { status: "Accepted", ocspResult: "b2NzcA==" };
      };
    },
    async sign(certificateChain) {
      return (await at.ask("CertificateSigned", { certificateChain, certificateType: "V2GCertificate" })).status;
    },
  };
}

function site16(clock: ManualClock, prepare: Prepare): Site {
  const values = {
    "PnC.ISO15118CertificateManagementEnabled": true,
    "PnC.CertSigningWaitMinimum": WAIT,
    "PnC.CertSigningRepeatTimes": 3,
    "Internal.SeccLeafSubjectCommonName": "DECPOE12345",
    "Internal.SeccLeafSubjectOrganization": "CPO",
    "Internal.SeccLeafSubjectCountry": "DE",
  };
  const at = bench16({ clock, prepare, values });
  const { pnc } = at.csms;
  return {
    ...{ clock, station: at.station, connect: at.connect },
    onRequest(listener) {
      pnc.SignCertificate = ({ csr }) => {
        listener(csr);
        return { status: "Accepted" };
      };
    },
    onOcspRequest(listener) {
      pnc.GetCertificateStatus = () => {
        listener();
        return { status: "Accepted", ocspResult: "b2NzcA==" };
      };
    },
    async sign(certificateChain) {
      const { inner } = await at.askPnc("CertificateSigned", { certificateChain });
      return (inner as { status: string }).status;
    },
  };
}

/** A CA that gives SECC certificates of 60 days, as of `clock`. */
function authority(pki: Pki, clock: ManualClock): SigningService {
  const database = openDatabase(":memory:", migrations);
  onTestFinished(() => database.close());
  const certificates = new IssuedCertificates(database);
  return new SigningService({
    ...{ clock, random: cryptoRandom, certificates },
    pki: () => csmsPki(pki),
    ocspUrl: () => ocspUrl,
  });
}

/** Everything but the OCSP cache, which wants real responses. */
function securityOf(store: CertificateStore): Partial<FakeStation["security"]> {
  return {
    get_v2g_ocsp_request_data: () => store.get_v2g_ocsp_request_data(),
    update_leaf_certificate: (args) => store.update_leaf_certificate(args),
    generate_certificate_signing_request: (args) => store.generate_certificate_signing_request(args),
    get_leaf_expiry_days_count: (args) => store.get_leaf_expiry_days_count(args),
  };
}

describe.each([
  { version: "1.6", site: site16, firstRound: 60 * SECOND, period: 7 * DAY },
  { version: "2.0.1", site: site201, firstRound: 0, period: 167 * HOUR },
])("forty days of a station of OCPP $version", ({ site, firstRound, period }) => {
  it("renew the leaf once, after asking again at 1, 2 and 4 times the wait, and refresh OCSP on schedule", async () => {
    const clock = new ManualClock();
    // Its leaf lives 90 days, of which 30 are over.
    const made = new ManualClock(clock.now() - 30 * DAY);
    const pki = await createPki({ clock: made, random: cryptoRandom, ocspUrl });
    const folder = temporaryFolder();
    await writePki(pki, { files: nodeFiles, dir: folder, password: "", audiences: ["station"] });
    const store = await openStore({
      ...{ paths: resolvePaths({}, folder), password: "", files: nodeFiles },
      ...{ clock, random: cryptoRandom, log: silentLogger, onUpdate: () => {} },
    });
    const ca = authority(pki, clock);
    const at = site(clock, (station) => Object.assign(station.security, securityOf(store)));
    const start = clock.now();
    const requests: number[] = [];
    const rounds: number[] = [];
    const renewed: number[] = [];
    at.onOcspRequest(() => {
      const now = clock.now() - start;
      if (rounds.at(-1) !== now) rounds.push(now);
    });
    let waiting: string | undefined;
    at.onRequest((csr) => {
      requests.push(clock.now() - start);
      // The CSMS loses three requests of four.
      if (requests.length % 4 === 0) waiting = csr;
    });
    await at.connect();
    expect(await daysLeft(store)).toBe(60);
    while (clock.now() - start < 40 * DAY) {
      const asking = requests.length % 4 !== 0;
      await clock.advance(asking ? SECOND : HOUR);
      await store.settled();
      await clock.advance(0);
      if (waiting === undefined) continue;
      const signed = ca.sign(waiting, "V2GCertificate", "CP001");
      waiting = undefined;
      expect(signed).toMatchObject({ ok: true });
      expect(await at.sign(signed.ok ? signed.chain : "")).toBe("Accepted");
      renewed.push(clock.now() - start);
      await store.settled();
    }
    expect(renewed).toHaveLength(1);
    expect(Math.floor((renewed[0] ?? 0) / DAY)).toBe(30);
    expect(await daysLeft(store)).toBe(50);
    const waits = requests.map((time, index) => Math.round((time - (requests[index - 1] ?? time)) / SECOND / WAIT));
    expect(waits).toEqual([0, 1, 2, 4]);
    expect(at.station.published("security_event")).not.toContainEqual(
      expect.objectContaining({ type: "CertificateNotSigned" }),
    );
    const inTime = [
      firstRound,
      firstRound + period,
      firstRound + 2 * period,
      firstRound + 3 * period,
      firstRound + 4 * period,
    ];
    const afterRenewal = renewed[0] ?? 0;
    expect(rounds.map(toHours)).toEqual([...inTime, afterRenewal, afterRenewal + period].map(toHours));
  });
});

/** What is on disk is looked at once an hour. */
function toHours(ms: number): number {
  return Math.ceil(ms / HOUR);
}

function daysLeft(store: CertificateStore): Promise<number> {
  return store.get_leaf_expiry_days_count({ certificate_type: "V2G" });
}
