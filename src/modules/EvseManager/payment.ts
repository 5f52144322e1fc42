import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { PlugAndChargeConfiguration } from "../../interfaces/types/evse_manager.ts";
import { sameEmaid } from "../../iso15118/emaid.ts";
import type { SessionNews } from "./charger/model.ts";
import {
  type AuthorizationAnswer,
  authorizationTimedOut,
  autochargeToken,
  changeSwitches,
  contractAccepted,
  eimAccepted,
  judgeAnswer,
  type PaymentSwitches,
  sessionSetup,
  type Waiting,
} from "./hlc.ts";
import type { EvsePorts } from "./ports.ts";

export interface PaymentOptions {
  readonly connectorId: number;
  /** The module's name in the configuration, for advice. */
  readonly moduleId: string;
  readonly switches: PaymentSwitches;
  readonly autocharge: "off" | "evccId" | "slac";
}

type Ports = Pick<EvsePorts, "hlc" | "publish" | "trace" | "log" | "tokensAreHeard">;

/** Who pays: between the car's ISO 15118 side, which asks, and Auth, which answers. */
export class Payment {
  readonly #options: PaymentOptions;
  readonly #ports: Ports;
  #switches: PaymentSwitches;
  #waiting: Waiting = { for: "nothing" };
  #autochargeToken: ProvidedIdToken | undefined;

  constructor(options: PaymentOptions, ports: Ports) {
    this.#options = options;
    this.#ports = ports;
    this.#switches = options.switches;
  }

  /** Takes effect when the next session starts or the present one ends. */
  change(configuration: PlugAndChargeConfiguration): void {
    const before = this.#switches.contract;
    this.#switches = changeSwitches(this.#switches, configuration);
    const { contract } = this.#switches;
    if (contract === before) return;
    const configured = `payment_enable_contract is ${this.#options.switches.contract}`;
    const by = "the OCPP module (PnCEnabled of OCPP 2.0.1, ISO15118PnCEnabled of 1.6)";
    this.#ports.log.info({}, `Plug & Charge is switched ${contract ? "on" : "off"} by ${by}; ${configured}`);
  }

  /** Tells the car's ISO 15118 side what may be offered now. It also forgets an earlier authorization there. */
  offer(phase: "open" | "authorizedFirst" | "authorized"): void {
    this.#ports.hlc?.session_setup(sessionSetup(this.#switches, phase));
  }

  /** What may be offered depends on how far the session is. */
  hear(news: SessionNews): void {
    if (news.event === "SessionStarted") this.offer(news.reason === "Authorized" ? "authorizedFirst" : "open");
    if (news.event === "Authorized") this.offer("authorized");
    if (news.event === "SessionFinished") this.offer("open");
  }

  /** A car came or left: nobody waits any more. */
  forgetCar(): void {
    this.#waiting = { for: "nothing" };
    this.#autochargeToken = undefined;
  }

  /** The car's address, one way to pay when Autocharge is on. */
  macAddressKnown(macAddress: string, from: "evccId" | "slac"): void {
    if (this.#options.autocharge !== from) return;
    this.#autochargeToken = autochargeToken(macAddress, this.#options.connectorId);
    if (from === "slac") this.#publish(this.#autochargeToken);
  }

  /**
   * The car presented its contract and waits.
   * @param payer for whom the session is authorized already, as after a pause; then the car need not ask anybody.
   */
  requireContract(provided: ProvidedIdToken, payer: ProvidedIdToken | undefined): void {
    if (payer) {
      this.#answer(this.#isPaidBy(payer, provided) ? contractAccepted : otherContract);
      return;
    }
    const token = { ...provided, connectors: [this.#options.connectorId] };
    this.#waiting = { for: "contract", token };
    this.#publish(token);
    if (!this.#ports.tokensAreHeard) {
      this.#answer({ authorization_status: "Unknown", certificate_status: "Accepted" });
    }
  }

  /** The car waits for somebody who pays at the station. */
  requireEim(paid: boolean): void {
    if (paid) {
      this.#answer(eimAccepted);
      return;
    }
    this.#waiting = { for: "eim" };
    if (this.#autochargeToken && this.#options.autocharge === "evccId") this.#publish(this.#autochargeToken);
  }

  /**
   * Auth has decided.
   * @param authorize hands the token to the charger. @returns whether the charger took it.
   */
  decided(token: ProvidedIdToken, result: ValidationResult, authorize: () => boolean): boolean {
    const verdict = judgeAnswer(this.#waiting, token, result);
    if (verdict.verdict === "ignore") {
      this.#ports.log.info({ token: token.id_token.value, reason: verdict.reason }, "authorization without effect");
      return false;
    }
    if (verdict.verdict === "refuse") {
      this.#answer(verdict.answer);
      return false;
    }
    const taken = authorize();
    if (taken && verdict.answer) this.#answer(verdict.answer);
    if (!taken && this.#waiting.for === "contract") this.#answer(notNow);
    return taken;
  }

  /** Nobody paid in time. */
  timedOut(): void {
    this.#answer(authorizationTimedOut);
  }

  /** Another contract than the one that pays would charge at its owner's expense. */
  #isPaidBy(payer: ProvidedIdToken, { id_token: { value } }: ProvidedIdToken): boolean {
    if (payer.authorization_type !== "PlugAndCharge" || sameEmaid(payer.id_token.value, value)) return true;
    const title = `the session is paid by contract ${payer.id_token.value}, and the car shows ${value}`;
    const fix = "Unplug the car before it charges with another contract.";
    const detail = { idToken: value };
    this.#ports.trace.add({ step: 5, kind: "decision", from: "EVSE", title, outcome: "refused", fix, detail });
    return false;
  }

  #answer(answer: AuthorizationAnswer): void {
    this.#waiting = { for: "nothing" };
    this.#ports.hlc?.authorization_response(answer);
  }

  #publish(token: ProvidedIdToken): void {
    const { trace, log, publish, tokensAreHeard } = this.#ports;
    const { value } = token.id_token;
    const entry = { step: 3, kind: "message", from: "EVSE", to: "Auth", detail: { idToken: value } } as const;
    if (tokensAreHeard) {
      trace.add({ ...entry, title: "provided_token", outcome: "ok" });
      publish.provided_token(token);
      return;
    }
    const { moduleId } = this.#options;
    const fix = `Add {module_id: ${moduleId}, implementation_id: token_provider} to the token_provider connections of Auth.`;
    const title = `token ${value} reaches nobody: no module is connected to ${moduleId}.token_provider`;
    log.error({ token: value, fix }, title);
    trace.add({ ...entry, kind: "decision", title, outcome: "refused", fix });
  }
}

/** One session has one payer. */
const otherContract: AuthorizationAnswer = { authorization_status: "ConcurrentTx", certificate_status: "Accepted" };
/** The session was stopped or the EVSE is being switched off. */
const notNow: AuthorizationAnswer = { authorization_status: "NotAtThisTime", certificate_status: "Accepted" };
