/**
 * What ISO 15118 may be told about paying: the payment options, and who waits for which answer. Pure: the state is who
 * waits, the result what to send.
 */
import type {
  AuthorizationStatus,
  CertificateStatus,
  ProvidedIdToken,
  ValidationResult,
} from "../../interfaces/types/authorization.ts";
import type { PlugAndChargeConfiguration } from "../../interfaces/types/evse_manager.ts";
import type { PaymentOption } from "../../interfaces/types/iso15118.ts";

/** The switches of Plug & Charge: from the configuration, later from the OCPP module. */
export interface PaymentSwitches {
  readonly eim: boolean;
  readonly contract: boolean;
  readonly centralValidation: boolean;
  readonly certificateInstallation: boolean;
}

/** Arguments of `session_setup`. */
export interface SessionSetup {
  readonly payment_options: PaymentOption[];
  readonly supported_certificate_service: boolean;
  readonly central_contract_validation_allowed: boolean;
}

/**
 * `open`: nobody has paid, everything that is switched on is offered. `authorizedFirst`: somebody paid before the car
 * came. `authorized`: somebody paid during the session; a contract would not be needed any more.
 */
export type PaymentPhase = "open" | "authorizedFirst" | "authorized";

/** What the car may be offered. With everything switched off ExternalPayment remains, as a car must have one option. */
export function sessionSetup(switches: PaymentSwitches, phase: PaymentPhase): SessionSetup {
  const { eim, contract, centralValidation, certificateInstallation } = switches;
  const offered: PaymentOption[] = [];
  if (eim || phase === "authorizedFirst") offered.push("ExternalPayment");
  if (contract && phase === "open") offered.push("Contract");
  return {
    payment_options: offered.length > 0 ? offered : ["ExternalPayment"],
    supported_certificate_service: contract && certificateInstallation && phase === "open",
    central_contract_validation_allowed: contract && centralValidation && phase !== "authorizedFirst",
  };
}

export function changeSwitches(switches: PaymentSwitches, change: PlugAndChargeConfiguration): PaymentSwitches {
  return {
    eim: switches.eim,
    contract: change.pnc_enabled ?? switches.contract,
    centralValidation: change.central_contract_validation_allowed ?? switches.centralValidation,
    certificateInstallation: change.contract_certificate_installation_enabled ?? switches.certificateInstallation,
  };
}

/** For whose authorization the car stands in its authorization loop. */
export type Waiting =
  | { readonly for: "nothing" }
  | { readonly for: "eim" }
  /** With the token that was published for this car. */
  | { readonly for: "contract"; readonly token: ProvidedIdToken };

/** Arguments of `authorization_response`. */
export interface AuthorizationAnswer {
  readonly authorization_status: AuthorizationStatus;
  readonly certificate_status: CertificateStatus;
}

export const contractAccepted: AuthorizationAnswer = {
  authorization_status: "Accepted",
  certificate_status: "Accepted",
};

export const eimAccepted: AuthorizationAnswer = {
  authorization_status: "Accepted",
  certificate_status: "NoCertificateAvailable",
};

/** Nobody authorized the car in time. */
export const authorizationTimedOut: AuthorizationAnswer = {
  authorization_status: "Unknown",
  certificate_status: "NoCertificateAvailable",
};

/**
 * What an answer of Auth means here. `authorize`: hand it to the charger, and send `answer` when it takes it.
 * `refuse`: tell the car at once. `ignore`: it changes nothing.
 */
export type Verdict =
  | { readonly verdict: "authorize"; readonly answer?: AuthorizationAnswer }
  | { readonly verdict: "refuse"; readonly answer: AuthorizationAnswer }
  | { readonly verdict: "ignore"; readonly reason: string };

/** A contract only ever authorizes the car that presented it, and while that car waits nobody else does. */
export function judgeAnswer(waiting: Waiting, token: ProvidedIdToken, result: ValidationResult): Verdict {
  const accepted = result.authorization_status === "Accepted";
  if (token.authorization_type === "PlugAndCharge") {
    if (waiting.for !== "contract") return { verdict: "ignore", reason: "no car waits for the answer to a contract" };
    if (!isSameContract(waiting.token, token)) {
      return { verdict: "ignore", reason: "the answer is for the contract of another car" };
    }
    return accepted
      ? { verdict: "authorize", answer: contractAccepted }
      : { verdict: "refuse", answer: refusalOf(result) };
  }
  if (!accepted) return { verdict: "ignore", reason: "another token may still be accepted" };
  if (waiting.for === "contract") return { verdict: "ignore", reason: "the car pays by its contract" };
  return waiting.for === "eim" ? { verdict: "authorize", answer: eimAccepted } : { verdict: "authorize" };
}

function refusalOf({ authorization_status, certificate_status = "Accepted" }: ValidationResult): AuthorizationAnswer {
  return { authorization_status, certificate_status };
}

function isSameContract(a: ProvidedIdToken, b: ProvidedIdToken): boolean {
  const sameId = a.id_token.value.toLowerCase() === b.id_token.value.toLowerCase();
  // Auth passes the certificate on; who leaves it out cannot mean another one.
  return sameId && (b.certificate === undefined || a.certificate === b.certificate);
}

/** The token of Autocharge: the car's address pays. */
export function autochargeToken(macAddress: string, connectorId: number): ProvidedIdToken {
  return {
    authorization_type: "Autocharge",
    id_token: { value: `VID:${macAddress.replaceAll(":", "")}`, type: "MacAddress" },
    connectors: [connectorId],
  };
}
