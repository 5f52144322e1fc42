import { afterEach, describe, expect, it } from "vitest";
import { contractRefusal, encodeDelivery } from "../../src/iso15118/contractMessages.ts";
import { isEmaid } from "../../src/iso15118/emaid.ts";
import { iso2, messageOf } from "../../src/iso15118/iso2/index.ts";
import { contractKey } from "./fixtures.ts";
import { code, type Station, station, TestEv } from "./world.ts";

const open: Station[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function begin(): Promise<Station> {
  const started = await station();
  open.push(started);
  return started;
}

type Request = "CertificateInstallationReq" | "CertificateUpdateReq";

/** An EV that has asked for a contract, and waits. */
async function asking(of: Station, request: Request = "CertificateInstallationReq"): Promise<TestEv> {
  const ev = await TestEv.inSession(of);
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  await ev.send(ev.encode(request));
  await of.clock.advance(0);
  return ev;
}

const byCsms = (of: Station, exi: Uint8Array | undefined) => of.secc.apply({ type: "certificate_response", exi });

function contractFor(SessionID: Uint8Array, request: Request = "CertificateInstallationReq"): Uint8Array {
  const delivery = {
    provisioningChain: [Uint8Array.of(1)],
    contractChain: [Uint8Array.of(2)],
    DHpublickey: new Uint8Array(65),
    encryptedPrivateKey: new Uint8Array(48),
    eMAID: "DEABCC12345678",
  };
  return encodeDelivery(delivery, { request, SessionID }, contractKey);
}

/** A good request of so many octets. */
function requestOf(ev: TestEv, octets: number): Uint8Array {
  const named = (length: number) => {
    const X509IssuerName = "n".repeat(length);
    const RootCertificateID = [{ X509IssuerName, X509SerialNumber: 1n }];
    return ev.encode("CertificateInstallationReq", { ListOfRootCertificateIDs: { RootCertificateID } });
  };
  const shorter = named(octets - 600);
  return named(octets - 600 + octets - shorter.length);
}

describe("a contract for an EV", () => {
  it.each(["CertificateInstallationReq", "CertificateUpdateReq"] as const)(
    "answers %s octet by octet",
    async (request) => {
      const of = await begin();
      const ev = await asking(of, request);
      const exi = contractFor(ev.sessionId, request);
      byCsms(of, exi);
      expect(await ev.next()).toEqual(exi);
      expect(of.timeline.entries.at(-1)).toMatchObject({
        title: request.replace("Req", "Res"),
        outcome: "ok",
        detail: { ResponseCode: "OK" },
      });
      expect(code(await ev.ask("PaymentDetailsReq"))).toBe("OK");
    },
  );

  it("may be anything that the CSMS says; the EV judges it", async () => {
    const of = await begin();
    const ev = await asking(of);
    byCsms(of, Uint8Array.of(1, 2, 3));
    expect(await ev.next()).toEqual(Uint8Array.of(1, 2, 3));
    expect(code(await ev.ask("PaymentDetailsReq"))).toBe("OK");
  });

  it("that is refused by the clearing house ends the session with its very words", async () => {
    const of = await begin();
    const ev = await asking(of);
    const refusal = contractRefusal("CertificateInstallationReq", "FAILED_NoCertificateAvailable");
    const exi = iso2.encode("V2G_Message", messageOf({ SessionID: ev.sessionId }, refusal));
    byCsms(of, exi);
    expect(await ev.next()).toEqual(exi);
    expect(of.timeline.entries).toContainEqual(
      expect.objectContaining({ outcome: "refused", rule: "FAILED_NoCertificateAvailable" }),
    );
    await of.clock.advance(2_000);
    await ev.closed;
  });

  it.each(["CertificateInstallationReq", "CertificateUpdateReq"] as const)(
    "%s: a backend that is too slow is answered for within the performance time, as the schemas want it",
    async (request) => {
      const of = await begin();
      const ev = await asking(of, request);
      await of.clock.advance(4_499);
      const answer = ev.answer();
      let isThere = false;
      void answer.then(() => {
        isThere = true;
      });
      await of.clock.advance(0);
      expect(isThere).toBe(false);
      await of.clock.advance(1);
      const body = (await answer)?.message as Record<string, { "#text": string }>;
      expect(body.ResponseCode).toBe("FAILED");
      expect(isEmaid(body.eMAID?.["#text"] ?? "")).toBe(true);
      expect(body.RetryCounter).toBe(request === "CertificateUpdateReq" ? 0 : undefined);
    },
  );

  it("does not come any more when the EVSE is to stop: the EV hears it at once", async () => {
    const of = await begin();
    const ev = await asking(of);
    of.secc.update({ shutdown: true });
    expect(code(await ev.answer())).toBe("FAILED");
    const title = "CertificateInstallationReq: the EVSE is to stop";
    expect(of.timeline.entries).toContainEqual(expect.objectContaining({ title, outcome: "refused" }));
  });

  it.each([
    ["5,600 characters", 0, undefined],
    ["more", 1, "FAILED"],
  ])("is asked for by a request of up to 5,600 characters: %s", async (_, more, refused) => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq");
    const exi = requestOf(ev, 4_200 + more);
    expect(exi).toHaveLength(4_200 + more);
    await ev.send(exi);
    await of.clock.advance(0);
    const title = "CertificateInstallationReq: the request is too long";
    const told = expect.objectContaining({ title, outcome: "refused" });
    if (refused) expect(of.timeline.entries).toContainEqual(told);
    else expect(of.timeline.entries).not.toContainEqual(told);
    const own = contractFor(ev.sessionId);
    byCsms(of, own);
    if (refused) expect(code(await ev.answer())).toBe(refused);
    else expect(await ev.next()).toEqual(own);
  });

  it("that comes late for one EV never goes to the next", async () => {
    const of = await begin();
    const first = await asking(of);
    const firstId = first.sessionId;
    await of.clock.advance(4_500);
    expect(code(await first.answer())).toBe("FAILED");
    await first.stream.close();
    await of.clock.advance(0);
    const second = await asking(of);
    byCsms(of, contractFor(firstId));
    await of.clock.advance(0);
    const own = contractFor(second.sessionId);
    byCsms(of, own);
    expect(await second.next()).toEqual(own);
  });

  it("that was refused late for one EV does not refuse the next", async () => {
    const of = await begin();
    const first = await asking(of);
    await first.stream.close();
    await of.clock.advance(0);
    const second = await asking(of);
    byCsms(of, undefined);
    const own = contractFor(second.sessionId);
    byCsms(of, own);
    expect(await second.next()).toEqual(own);
  });

  it("counts without a name again when the earlier question is too old to be answered", async () => {
    const of = await begin();
    await (await asking(of)).stream.close();
    await of.clock.advance(60_000);
    const second = await asking(of);
    byCsms(of, Uint8Array.of(1, 2, 3));
    expect(await second.next()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("without a question has no effect", async () => {
    const of = await begin();
    byCsms(of, contractFor(new Uint8Array(8)));
    const ev = await asking(of);
    const own = contractFor(ev.sessionId);
    byCsms(of, own);
    expect(await ev.next()).toEqual(own);
  });
});
