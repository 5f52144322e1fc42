import { expect, it } from "vitest";
import type { Outcome } from "../../src/chargePoint/csms.ts";
import { OcspUpdater } from "../../src/chargePoint/ocspUpdater.ts";
import type { SecurityPort } from "../../src/chargePoint/ports.ts";
import { CommandError } from "../../src/framework/errors.ts";
import type { GetCertificateStatusResponse } from "../../src/ocpp/v201/messages.generated.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";

const DAY = 86_400_000;
const entry = {
  certificate_hash_data: {
    hash_algorithm: "SHA256",
    issuer_name_hash: "aa",
    issuer_key_hash: "bb",
    serial_number: "1",
  },
  responder_url: "http://ocsp.example",
} as const;

function updater({ update_ocsp_cache = () => null as unknown, log = silentLogger } = {}) {
  const clock = new ManualClock();
  let answer: (outcome: Outcome<GetCertificateStatusResponse>) => void = () => undefined;
  let asked = 0;
  const security = {
    get_v2g_ocsp_request_data: () => ({ ocsp_request_data_list: [entry] }),
    update_ocsp_cache,
  } as unknown as SecurityPort;
  const ocsp = new OcspUpdater({
    clock,
    log,
    security,
    wait: () => DAY,
    fetch: () => {
      asked++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  });
  return { clock, ocsp, asked: () => asked, answer: (outcome: Parameters<typeof answer>[0]) => answer(outcome) };
}

const unanswered = {
  kind: "unanswered",
  reason: "the link is closed",
} as unknown as Outcome<GetCertificateStatusResponse>;

it("a round without a response is repeated after its time", async () => {
  const { clock, ocsp, asked, answer } = updater();
  ocsp.update();
  await clock.advance(0);
  answer(unanswered);
  await clock.advance(DAY);
  expect(asked()).toBe(2);
});

it("a round that ends after the stop leaves no timer behind, and none begins", async () => {
  const { clock, ocsp, asked, answer } = updater();
  ocsp.update();
  await clock.advance(0);
  ocsp.stop();
  answer(unanswered);
  await clock.advance(0);
  expect(clock.pending).toBe(0);
  ocsp.update();
  await clock.advance(2 * DAY);
  expect(asked()).toBe(1);
});

it.each([
  ["that the store is gone while the station runs is an error", false, ["OCSP round failed"]],
  ["after the stop it is not: the store may end first", true, []],
])("%s", async (_, stopped, errors) => {
  const said: string[] = [];
  const { clock, ocsp, answer } = updater({
    update_ocsp_cache: () => {
      throw new CommandError("NotReady", "security.main.update_ocsp_cache: nobody answers this command");
    },
    log: { ...silentLogger, error: (_facts, message) => void said.push(message) },
  });
  ocsp.update();
  await clock.advance(0);
  if (stopped) ocsp.stop();
  answer({ kind: "answered", response: { status: "Accepted", ocspResult: "MAM=" } } as never);
  await clock.advance(0);
  expect(said).toEqual(errors);
});
