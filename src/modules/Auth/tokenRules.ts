import type {
  AuthorizationStatus,
  IdToken,
  ProvidedIdToken,
  ValidationResult,
} from "../../interfaces/types/authorization.ts";
import { type Evse, type Identifier, isAvailable, sameText, sameToken, whyUnavailable } from "./evse.ts";
import type { Reservations } from "./reservations.ts";

/** What the rules look at. */
export interface World {
  readonly evses: ReadonlyMap<number, Evse>;
  readonly reservations: Reservations;
  readonly masterPassGroupId: string | undefined;
  /** A free EVSE is preferred to stopping a transaction of the same group. */
  readonly prioritizeAuthorization: boolean;
  readonly stopOnReswipe: boolean;
}

/** The token may not charge. `result` is what an EVSE is told that waits for the answer. */
export interface Refusal {
  readonly use: "refuse";
  readonly status: "Rejected" | "TimedOut" | "Withdrawn";
  readonly result: ValidationResult;
  /** For people: why, and what would change it. */
  readonly reason: string;
  readonly fix?: string;
  /** Its car has left, so there is nobody to tell. */
  readonly unheard?: true;
  /** Another validator's result would not change it. */
  readonly final?: true;
}

/** The EVSE holds the authorization; it has yet to be told. */
export interface Start {
  readonly use: "start";
  readonly evse: Evse;
  readonly identifier: Identifier;
  readonly result: ValidationResult;
}

export type Outcome =
  | Start
  | {
      readonly use: "stop";
      readonly evses: readonly Evse[];
      readonly reason: "Local" | "MasterPass";
      readonly parent: IdToken | undefined;
    }
  | { readonly use: "reauthorize"; readonly evse: Evse; readonly parent: IdToken | undefined }
  | { readonly use: "ignore"; readonly reason: string }
  | Refusal;

export function refuse(
  status: AuthorizationStatus,
  reason: string,
  more: Partial<Pick<Refusal, "status" | "fix" | "unheard" | "final">> = {},
): Refusal {
  const result = { authorization_status: status, tariff_messages: [] };
  return { use: "refuse", status: "Rejected", result, reason, ...more };
}

/** What can be said about a token before any validator is asked; undefined when they must be. */
export function beforeValidation(world: World, token: ProvidedIdToken, evses: readonly Evse[]): Outcome | undefined {
  if (token.authorization_type === "RFID") {
    const running = runningWith(evses, token.id_token.value);
    if (running) return secondUse(world, running, running.identifier?.parent_id_token);
  }
  const elsewhere = token.authorization_type === "PlugAndCharge" ? contractElsewhere(world, token) : undefined;
  if (elsewhere) {
    return refuse("ConcurrentTx", `a car with the same contract is at EVSE ${elsewhere.id}`, {
      fix: "Find out which of the two cars the contract is of; the other one has a copy.",
      final: true,
    });
  }
  const parentCouldStop = evses.some(({ identifier }) => identifier?.parent_id_token !== undefined);
  if (!parentCouldStop && world.masterPassGroupId === undefined && !evses.some(isAvailable)) {
    return noEvse(world, token);
  }
  const { value } = token.id_token;
  const couldUse = ({ id }: Evse) =>
    world.reservations.isChargingPossible(id) ||
    world.reservations.matching(value, id) !== undefined ||
    world.reservations.hasParentId(id);
  if (evses.some(couldUse)) return undefined;
  return refuse("NotAtThisTime", "every EVSE that the token may use is reserved for another token", {
    fix: "Use the token of the reservation, or cancel the reservation.",
  });
}

/** A contract belongs to one car, and a car is at one EVSE (EVExchange, Conti et al. 2022). */
function contractElsewhere({ evses }: World, { connectors = [], id_token }: ProvidedIdToken): Evse | undefined {
  return [...evses.values()].find(
    ({ id, identifier }) =>
      !connectors.includes(id) &&
      identifier?.authorization_type === "PlugAndCharge" &&
      sameText(identifier.id_token.value, id_token.value),
  );
}

/** A token whose group (parent id) runs a transaction may end it, as may one of the master pass group (C16). */
export function stopByGroup(world: World, evses: readonly Evse[], results: readonly ValidationResult[]) {
  if (world.prioritizeAuthorization && evses.some(isAvailable)) return undefined;
  for (const result of results) {
    if (!isAccepted(result) || result.parent_id_token === undefined) continue;
    const parent = result.parent_id_token;
    if (isMasterPass(world, parent)) {
      const active = evses.filter(({ transactionActive }) => transactionActive);
      return { use: "stop", evses: active, reason: "MasterPass", parent } satisfies Outcome;
    }
    const running = runningWith(evses, parent.value);
    if (running) return secondUse(world, running, parent);
  }
  return undefined;
}

/**
 * Whether an accepted token may charge at the EVSE chosen for it.
 * @returns the result for the EVSE, with the reservation that it uses, or the refusal.
 */
export function admit(
  { reservations }: World,
  token: ProvidedIdToken,
  evse: Evse,
  result: ValidationResult,
): ValidationResult | Refusal {
  if (result.evse_ids !== undefined && !result.evse_ids.includes(evse.id)) {
    return refuse("NotAtThisLocation", `the validator allows the token only at EVSE ${result.evse_ids.join(", ")}`);
  }
  const reservation_id = reservations.matching(token.id_token.value, evse.id, result.parent_id_token?.value);
  if (reservation_id !== undefined) return { ...result, reservation_id };
  if (reservations.isChargingPossible(evse.id)) return result;
  return refuse("NotAtThisTime", `EVSE ${evse.id} is needed for a reservation of another token`);
}

/** A contract counts as accepted only when its certificate does too (OCPP 2.0.1 C07). */
export function isAccepted({ authorization_status, certificate_status = "Accepted" }: ValidationResult): boolean {
  return authorization_status === "Accepted" && certificate_status === "Accepted";
}

export function notAccepted(result: ValidationResult): Refusal {
  const { authorization_status, certificate_status = "Accepted" } = result;
  const certificate = certificate_status === "Accepted" ? "" : `, certificate ${certificate_status}`;
  const reason = `the validator says ${authorization_status}${certificate}`;
  return { use: "refuse", status: "Rejected", result, reason };
}

export function isMasterPass(world: World, parent: IdToken | undefined): boolean {
  return sameText(parent?.value, world.masterPassGroupId);
}

/** No referenced EVSE can take a new authorization; says for each why. */
export function noEvse(world: World, token: ProvidedIdToken): Refusal {
  const named = token.connectors ?? [...world.evses.keys()];
  const unknown = named.filter((id) => !world.evses.has(id));
  if (unknown.length > 0) {
    return refuse("NotAtThisLocation", `no EVSE ${unknown.join(", ")} is connected to Auth`, {
      fix: `Add the EvseManager with connector_id ${unknown.join(", ")} to Auth's connections.evse_manager.`,
    });
  }
  const reasons = named.flatMap((id) => world.evses.get(id) ?? []).map(whyUnavailable);
  return refuse("NotAtThisTime", reasons.join("; ") || "Auth has no EVSE");
}

/** The EVSE that one of `evses` holds an authorization for, by this token or by its group. */
function runningWith(evses: readonly Evse[], value: string): Evse | undefined {
  return evses.find(
    ({ identifier }) =>
      sameText(identifier?.id_token.value, value) || sameText(identifier?.parent_id_token?.value, value),
  );
}

function secondUse(world: World, evse: Evse, parent: IdToken | undefined): Outcome {
  if (!evse.transactionActive) return { use: "ignore", reason: `EVSE ${evse.id} is about to start for this token` };
  if (!world.stopOnReswipe) return { use: "reauthorize", evse, parent };
  return { use: "stop", evses: [evse], reason: "Local", parent };
}

/** An EVSE of `evses` that this very token authorized and whose transaction has not begun. */
export function awaitingTransaction(evses: readonly Evse[], { id_token }: ProvidedIdToken): Evse | undefined {
  return evses.find(
    ({ identifier, transactionActive }) =>
      identifier !== undefined && sameToken(identifier.id_token, id_token) && !transactionActive,
  );
}

/** The token with its group, as far as that is known. */
export function withParent(token: ProvidedIdToken, parent: IdToken | undefined): ProvidedIdToken {
  return parent === undefined ? token : { ...token, parent_id_token: parent };
}
