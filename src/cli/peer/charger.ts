/** A charger for any car: our SECC with a small EVSE behind it. */
import type { ClearingHouse } from "../../csms/clearingHouse/clearingHouse.ts";
import { judgeContract } from "../../modules/EvseV2G/contractCheck.ts";
import type { OutwardEffect } from "../../secc/effects.ts";
import type { Evse } from "../../secc/evse.ts";
import { dinProtocol, iso2Protocol } from "../../secc/handshake.ts";
import type { ContractVerdict, Iso2Settings } from "../../secc/iso2/protocol.ts";
import type { TlsSecurity } from "../../secc/sdpServer.ts";
import { Secc } from "../../secc/secc.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { Network, TlsCredentials } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Timeline, TraceEntry } from "../../util/trace.ts";
import type { Certificate } from "../../x509/index.ts";
import { DcHardware } from "./dcHardware.ts";
import { record } from "./record.ts";
import { judgeSession, type ProtocolName, type SessionVerdict } from "./verdict.ts";

export interface ChargerOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timeline: Timeline;
  readonly link: Link;
  readonly sdpPort: number;
  readonly tlsSecurity: TlsSecurity;
  readonly credentials: TlsCredentials | undefined;
  /** What contracts may lead to. */
  readonly contractRoots: readonly Certificate[];
  /** The only protocol that is spoken; all when absent. The sessions are judged by it. */
  readonly protocol?: ProtocolName;
  /** What it offers. With one way to pay, the sessions are judged by it. */
  readonly evse: Partial<Evse>;
  /** What cars may choose from; absent for one schedule without a tariff. */
  readonly schedules?: Pick<Iso2Settings, "offers" | "tariffKey">;
  /** Asks the car to agree on another schedule as soon as it charges. */
  readonly renegotiates?: boolean;
  /** Makes contracts for cars; without it none can be installed. */
  readonly clearingHouse?: Pick<ClearingHouse, "provideEncoded">;
  /** How long a TLS handshake may take, in milliseconds. */
  readonly handshakeMs?: number;
  /** Gets a session when it is over. */
  onSession(verdict: SessionVerdict): void;
}

const HANDSHAKE_MS = 15_000;
const MAX_CONNECTIONS = 8;
/** Seconds; this EVSE decides at once, so they are never used up. */
const AUTHORIZATION = { authTimeoutPnc: 55, authTimeoutEim: 300 } as const;

const EVSE_ID = "DE*PNC*E00001";
/** +49*123*456 */
const EVSE_ID_DIN = Uint8Array.of(0x49, 0xa1, 0x23, 0xa4, 0x56);

const spoken = { "DIN SPEC 70121": dinProtocol, "ISO 15118-2": iso2Protocol } as const;

/** Opens it. @returns what closes it. @throws UserError when it cannot listen or its certificate cannot be used. */
export async function openCharger(options: ChargerOptions): Promise<Secc> {
  const { link, credentials, evse, timeline, sdpPort, clock, contractRoots } = options;
  const judge = sessionJudge(options);
  const secc: Secc = new Secc({
    ...options,
    trace: timeline,
    patient: true,
    tls: { handshakeMs: options.handshakeMs ?? HANDSHAKE_MS },
    protocols: options.protocol ? [spoken[options.protocol]] : Object.values(spoken),
    settings: { ...AUTHORIZATION, ...options.schedules },
    closeAtOnce: false,
    maxConnections: MAX_CONNECTIONS,
    checkContract: (chain) => checkContract(chain, contractRoots, clock.now()),
    serviceParameters: async () => undefined,
    perform(effect) {
      obey(effect, secc);
      install(effect, secc, options).catch((error: unknown) => {
        options.log.error({ err: error }, "no contract was made, by our own fault");
        secc.apply({ type: "certificate_response", exi: undefined });
      });
      if (effect.to === "charger") hardware.obey(effect);
      if (options.renegotiates && effect.to === "charger" && effect.name === "ac_close_contactor") secc.renegotiate();
      const reason = endOf(effect);
      if (reason !== undefined) judge(reason);
    },
  });
  const hardware = new DcHardware(secc);
  secc.update({
    evseId: EVSE_ID,
    evseIdDin: EVSE_ID_DIN,
    certificateService: options.clearingHouse !== undefined,
    ...evse,
  });
  await secc.open(link, credentials ? [credentials] : []);
  secc.dlinkReady(true);
  const title = `waits for cars on ${link.interface} (${link.address}, SDP port ${sdpPort})`;
  const ports = { TLS: secc.port("tls") ?? null, TCP: secc.port("none") ?? null };
  timeline.add({ step: 1, kind: "state", from: "EVSE", title, detail: ports });
  return secc;
}

/** Nobody is asked about revocation: there is no CSMS behind this charger. */
function checkContract(chain: readonly Certificate[], anchors: readonly Certificate[], time: number) {
  return judgeContract({
    ...{ chain, anchors, time },
    ocspRequestData: async () => ({ ocsp_request_data_list: [] }),
  }) satisfies Promise<ContractVerdict>;
}

/** Why a session is over, by what the SECC says last. */
const ends: Readonly<Partial<Record<string, string>>> = {
  dlink_terminate: "the car ended the session",
  dlink_pause: "the car paused the session",
  dlink_error: "the car broke off",
};

/** Takes whoever has come as far as to be judged here: the SECC has verified contract and signature before. */
function obey(effect: OutwardEffect, secc: Secc): void {
  if (effect.to !== "charger") return;
  if (effect.name === "require_auth_pnc" || effect.name === "require_auth_eim") {
    const accepted = { authorization_status: "Accepted", certificate_status: "Accepted" } as const;
    secc.apply({ type: "authorization_response", ...accepted });
  }
  if (effect.name === "ac_close_contactor") secc.update({ contactorClosed: true });
  if (effect.name === "ac_open_contactor") secc.update({ contactorClosed: false });
}

/** In the place of the CSMS: the car's request goes to the clearing house, and what it says to the car. */
async function install(effect: OutwardEffect, secc: Secc, { clearingHouse, timeline }: ChargerOptions): Promise<void> {
  if (effect.to !== "extensions" || effect.name !== "iso15118_certificate_request" || !clearingHouse) return;
  const { exi_request, iso15118_schema_version, certificate_action } = effect.value;
  const question = { schema: iso15118_schema_version, request: exi_request, action: certificate_action };
  const answer = await clearingHouse.provideEncoded(question);
  const { title, fix } = answer;
  const good = answer.status === "Accepted" && answer.ResponseCode === "OK";
  const more = { outcome: good ? "ok" : "refused", ...(fix !== undefined && { fix }) } as const;
  timeline.add({ step: 2, kind: "decision", from: "CSMS", title, ...more });
  secc.apply({ type: "certificate_response", exi: answer.status === "Accepted" ? answer.exi : undefined });
}

function endOf(effect: OutwardEffect): string | undefined {
  if (effect.to !== "charger") return undefined;
  const noTls = effect.name === "hlc_session_failed" && effect.value === "FailedTLSHandshake";
  return noTls ? "TLS could not be set up" : ends[effect.name];
}

/** Judges what has come since the session before. */
function sessionJudge({ timeline, protocol, evse, onSession }: ChargerOptions): (reason: string) => void {
  const payment = evse.paymentOptions?.length === 1 ? evse.paymentOptions[0] : undefined;
  const take = record(timeline);
  return (reason) => {
    const entries = sinceDiscovery(take());
    const answer = entries.find(({ title }) => title === "SECCDiscoveryRes");
    const tls = answer?.detail?.security === "TLS";
    onSession(judgeSession({ entries, tls, reason, ...(protocol && { protocol }), ...(payment && { payment }) }));
  };
}

/** Without those who asked before and then did not come. */
function sinceDiscovery(entries: readonly TraceEntry[]): readonly TraceEntry[] {
  return entries.slice(
    Math.max(
      0,
      entries.findLastIndex(({ title }) => title === "SECCDiscoveryReq"),
    ),
  );
}
