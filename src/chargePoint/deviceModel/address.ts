/** Variables by name, as people write them: `TxCtrlr.TxStartPoint`, `OCPPCommCtrlr.MessageAttempts[TransactionEvent]`, `EVSE#1.Power`, `Connector#1.2.Available`. */
import type { ComponentType, VariableType } from "../../ocpp/v201/messages.generated.ts";

export function componentAddress({ name, instance, evse }: ComponentType): string {
  const place = evse ? `#${evse.id}${evse.connectorId === undefined ? "" : `.${evse.connectorId}`}` : "";
  return `${withInstance(name, instance)}${place}`;
}

export function variableAddress(component: ComponentType, variable: VariableType): string {
  return `${componentAddress(component)}.${withInstance(variable.name, variable.instance)}`;
}

function withInstance(name: string, instance: string | undefined): string {
  return instance === undefined ? name : `${name}[${instance}]`;
}

/** Names are compared without regard to case (OCPP 2.0.1 part 2, identifierString). */
export function sameAddress(address: string): string {
  return address.toLowerCase();
}
