import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../src/util/manualClock.ts";
import { createOcspResponse, type OcspStatus, ocspCertId } from "../../src/x509/index.ts";
import { hashOf, openWorld, shared } from "./world.ts";

const { secc, cpoSub1, cpoSub2, v2gRoot } = shared.members;
const start = Date.UTC(2026, 5, 1, 12);
const hour = 3600_000;
const hash = hashOf(secc.certificate, cpoSub2.certificate);

function respond(status: OcspStatus = { status: "good" }, id: "SHA1" | "SHA256" = "SHA256"): string {
  const signer = shared.ocspSigners.find(({ issuer }) => issuer === cpoSub2.certificate) ?? cpoSub2;
  const certId = ocspCertId(secc.certificate, cpoSub2.certificate, id);
  const response = createOcspResponse({
    answers: [{ ...status, certId, thisUpdate: start - hour, nextUpdate: start + 24 * hour }],
    signer,
    certificates: [signer.certificate],
    producedAt: start,
  });
  return Buffer.from(response).toString("base64");
}

async function openCache() {
  const clock = new ManualClock(start);
  const { store, at } = await openWorld({ clock });
  const stapled = async () => {
    const { info } = await store.get_all_valid_certificates_info({ certificate_type: "V2G", include_ocsp: true });
    return info[0]?.ocsp?.map(({ ocsp_path }) => ocsp_path);
  };
  const files = () => readdir(at("client/cso/ocsp")).catch(() => []);
  const update = (ocsp_response: string) => store.update_ocsp_cache({ certificate_hash_data: hash, ocsp_response });
  return { clock, store, at, stapled, files, update };
}

describe("Given an OCSP response for the SECC certificate", () => {
  test("Then it lies as DER beside the certificate, under the hash's four lines, and is stapled", async () => {
    const { update, files, stapled, at } = await openCache();
    const response = respond();
    await update(response);
    const [der = "", lines = ""] = await files();
    expect(der).toMatch(/_ocsp\.der$/);
    expect(await readFile(at(`client/cso/ocsp/${der}`), "base64")).toBe(response);
    expect(await readFile(at(`client/cso/ocsp/${lines}`), "utf8")).toBe(
      `SHA256\n${hash.issuer_name_hash}\n${hash.issuer_key_hash}\n${hash.serial_number}\n`,
    );
    expect(await stapled()).toEqual([at(`client/cso/ocsp/${der}`), undefined, undefined]);
  });
  test("Then a newer one takes its place", async () => {
    const { update, files, at } = await openCache();
    await update(respond());
    await update(respond({ status: "revoked", revokedAt: start }));
    const names = await files();
    expect(names).toHaveLength(2);
    const verdictOctets = await readFile(at(`client/cso/ocsp/${names[0]}`));
    expect(verdictOctets.length).toBeGreaterThan(Buffer.from(respond(), "base64").length);
  });
  test("Then one by SHA-1 is as good", async () => {
    const { update, stapled } = await openCache();
    await update(respond({ status: "good" }, "SHA1"));
    expect((await stapled())?.[0]).toBeDefined();
  });
  test("Then an old one is no longer stapled", async () => {
    const { update, stapled, clock } = await openCache();
    await update(respond());
    await clock.advance(26 * hour);
    expect(await stapled()).toEqual([undefined, undefined, undefined]);
  });
  test("bad case: one that is wrong for the certificate changes nothing", async () => {
    const { update, files, store } = await openCache();
    await update("not base64!");
    await update(Buffer.from("rubbish").toString("base64"));
    const tampered = Buffer.from(respond(), "base64");
    tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1;
    await update(tampered.toString("base64"));
    const sub = hashOf(cpoSub1.certificate, v2gRoot.certificate);
    await store.update_ocsp_cache({ certificate_hash_data: sub, ocsp_response: respond() });
    await store.update_ocsp_cache({
      certificate_hash_data: { ...hash, serial_number: "7" },
      ocsp_response: respond(),
    });
    expect(await files()).toEqual([]);
  });
  test("Then deleting the leaf takes it along", async () => {
    const { update, files, store } = await openCache();
    await update(respond());
    expect(await store.delete_certificate({ certificate_hash_data: hash })).toBe("Accepted");
    expect(await files()).toEqual([]);
  });
});
