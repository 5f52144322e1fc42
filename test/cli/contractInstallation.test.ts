import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readContract } from "../../src/modules/PyEvJosev/certificates.ts";
import type { LayoutName } from "../../src/pki/index.ts";
import { nodeFiles } from "../../src/util/files.ts";
import type { TraceEntry } from "../../src/util/trace.ts";
import { charger, pkiFolder, plugcharge, verdicts } from "./peer/support.ts";

const messagesOf = ({ lines }: { readonly lines: readonly string[] }, from: "EV" | "EVSE") =>
  lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as TraceEntry)
    .filter((entry) => entry.kind === "message" && entry.from === from);

describe("a contract from a charger without CSMS", () => {
  it.each<[string, string, LayoutName]>([
    ["cert-install", "CertificateInstallation", "ecog"],
    ["cert-install", "CertificateInstallation", "everest"],
    ["cert-update", "CertificateUpdate", "ecog"],
  ])("%s: %s, then Plug & Charge with what came (%s)", async (scenario, message, layout) => {
    const pki = await pkiFolder(layout);
    const secc = await charger("--pki", pki, "--sessions", "1", "--scenario", scenario);
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", scenario, "--cycles", "2", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([0, 0]);
    const requests = messagesOf(ev, "EV").map(({ title }) => title);
    expect(requests.slice(2, 7)).toEqual([
      "ServiceDiscoveryReq",
      "ServiceDetailReq",
      "PaymentServiceSelectionReq",
      `${message}Req`,
      "PaymentDetailsReq",
    ]);
    for (const side of [ev, secc]) {
      expect(verdicts(side)).toMatchObject([{ verdict: "charged", payment: "Contract", cycles: 2 }]);
      expect(messagesOf(side, "EVSE")).toContainEqual(
        expect.objectContaining({ title: `${message}Res`, outcome: "ok", detail: { ResponseCode: "OK" } }),
      );
    }
    // The folder of a car that was only lent stays as it was.
    expect(ev.lines.join()).toContain("UKSWI123456791A");
  });

  it("is kept when that is asked for, and pays the next time", async () => {
    const pki = await pkiFolder("everest");
    const car = join(pki, "client/mo");
    for (const name of ["MO_LEAF.pem", "MO_LEAF.key", "MO_CERT_CHAIN.pem", "MO_LEAF.der"]) rmSync(join(car, name));
    const secc = await charger("--pki", pki, "--sessions", "2");
    const common = [...secc.at, "--pki", pki, "--cycles", "1"];
    expect(await plugcharge("ev", ...common, "--scenario", "cert-install", "--keep-contract").exitCode).toBe(0);
    expect(statSync(join(car, "MO_LEAF.key")).mode & 0o777).toBe(0o600);
    expect(await readContract(nodeFiles, pki)).toMatchObject({ value: { eMAID: "DEPNCC00000001" } });
    expect(await plugcharge("ev", ...common, "--scenario", "ac-pnc").exitCode).toBe(0);
    expect(await secc.exitCode).toBe(0);
  });

  it.each([
    ["oem:expired", "FAILED_CertificateExpired"],
    ["oem:wrong-key", "FAILED_SignatureError"],
    ["oem:unknown-root", "FAILED_CertChainError"],
  ])("bad case: %s is refused with %s, and both sides say why", async (fault, code) => {
    const pki = await pkiFolder("ecog", fault);
    const secc = await charger("--pki", pki, "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", "cert-install", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
    expect(verdicts(ev)[0]?.reason).toContain(`CertificateInstallationRes says ${code}`);
    expect(verdicts(secc)[0]?.reason).toMatch(new RegExp(`CertificateInstallationRes ${code}: no contract: `));
  });

  it.each(["cps:wrong-dc", "cps:expired", "cps:wrong-key"])(
    "bad case: the car takes nothing from %s",
    async (fault) => {
      const pki = await pkiFolder("ecog", fault);
      const secc = await charger("--pki", pki, "--sessions", "1");
      const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", "cert-install", "--json");
      expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
      expect(verdicts(ev)[0]?.reason).toMatch(/^contract not trusted: /);
    },
  );

  it("bad case: a folder without the keys offers none, and a scenario about it does not start", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/private_keys/cpsLeaf.key"));
    const none = plugcharge("secc", "--iface", "lo", "--pki", pki, "--scenario", "cert-install");
    expect(await none.exitCode).toBe(2);
    expect(none.errors.join("")).toMatch(/no contract can be installed: the keys of the provisioning service/);
    const secc = await charger("--pki", pki, "--sessions", "1");
    const ev = plugcharge("ev", ...secc.at, "--pki", pki, "--scenario", "cert-install", "--json");
    expect([await ev.exitCode, await secc.exitCode]).toEqual([1, 1]);
    expect(verdicts(ev)[0]?.reason).toMatch(/Contract is enforced, but the car has no contract, and can have none/);
  });

  it("bad case: a car without provisioning certificate asks nobody", async () => {
    const pki = await pkiFolder();
    rmSync(join(pki, "iso15118_2/private_keys/oemLeaf.key"));
    const ev = plugcharge("ev", "--iface", "lo", "--pki", pki, "--scenario", "cert-install");
    expect(await ev.exitCode).toBe(2);
    expect(ev.errors.join("")).toMatch(/no provisioning certificate that can be used/);
  });
});
