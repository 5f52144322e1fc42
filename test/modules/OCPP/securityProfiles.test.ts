/** The security profiles of the whitepaper over real TLS: raised by the CSMS, and taken back when they lead nowhere (A05). */
import type { KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPki, type TestPki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { toPem } from "../../../src/x509/index.ts";
import {
  type ForeignCsms,
  type ForeignTls,
  hears,
  makePki,
  soon,
  startForeignCsms,
  startTestStation,
  temporaryFolder,
} from "./support.ts";

let pki: TestPki;
const pkiFolder = mkdtempSync(join(tmpdir(), "plugcharge-OCPP-pki-"));
beforeAll(async () => {
  pki = await makePki(pkiFolder);
});
afterAll(() => rmSync(pkiFolder, { recursive: true }));

function serverTls({ members }: TestPki["pki"]): ForeignTls {
  const pem = (key: KeyObject) => key.export({ format: "pem", type: "pkcs8" }).toString();
  const { csmsServer, csmsRoot } = members;
  return { cert: toPem(csmsServer.certificate), key: pem(csmsServer.key), ca: toPem(csmsRoot.certificate) };
}

/** How the station has come. */
const came = ({ handshakes }: ForeignCsms) =>
  handshakes.map(({ channel, password }) => `${channel}${password ? " with password" : ""}`);

const raise = (csms: ForeignCsms, value: string) => csms.call("ChangeConfiguration", { key: "SecurityProfile", value });

describe("the security profile", () => {
  it("rises from 1 over 2 to 3 at the same CSMS", async () => {
    const csms = await startForeignCsms(serverTls(pki.pki));
    const { hands } = await startTestStation({ folder: temporaryFolder(), url: csms.url, pki });
    await hands.booted;
    expect(await raise(csms, "2")).toEqual({ status: "Accepted" });
    await hears(csms, "StatusNotification", 4);
    expect(await raise(csms, "3")).toEqual({ status: "Accepted" });
    await hears(csms, "StatusNotification", 6);
    expect(came(csms)).toEqual(["plain with password", "TLSv1.3 with password", "TLSv1.3 cp001"]);
    expect(await raise(csms, "2")).toEqual({ status: "Rejected" });
    expect(csms.failures).toEqual([]);
  });

  it("is taken back when the CSMS shows a certificate of a stranger, who is told of as a security event", async () => {
    const stranger = await createPki({ clock: systemClock, random: cryptoRandom });
    const csms = await startForeignCsms(serverTls(stranger));
    const values = { Internal: { SwitchSecurityProfileConnectionTimeout: 1 } };
    const { hands } = await startTestStation({ folder: temporaryFolder(), url: csms.url, pki, values });
    await hands.booted;
    expect(await raise(csms, "2")).toEqual({ status: "Accepted" });
    await soon(() => expect(hands.status).toEqual([true, false, true]));
    expect(came(csms)).toEqual(["plain with password", "plain with password"]);
    await soon(() =>
      expect(csms.requests("SecurityEventNotification").map(({ type }) => type)).toContain(
        "InvalidCentralSystemCertificate",
      ),
    );
    const { configurationKey } = await csms.call("GetConfiguration", { key: ["SecurityProfile"] });
    expect(configurationKey).toMatchObject([{ value: "1" }]);
  });
});
