/** What stations of OCPP 2.0.1 and 2.1 tell of their connectors and of their device model. */
import type { StationContext } from "../../context.ts";
import type { ConnectorReport, VariableReport } from "../../store/stations.ts";

/** G01. */
export function statusNotification(request: ConnectorReport, { identity, services }: StationContext) {
  services.stations.connector(identity, request);
  return {};
}

/** B07, B08. */
export function notifyReport(
  { reportData = [] }: { readonly reportData?: readonly VariableReport[] },
  { identity, services }: StationContext,
) {
  services.stations.variables(identity, reportData);
  return {};
}
