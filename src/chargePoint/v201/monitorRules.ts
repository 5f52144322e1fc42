/** When a monitor speaks, and which monitors make sense (OCPP 2.0.1 part 2, N04, N07, N08). Pure. */
import type {
  EventTriggerEnumType,
  MonitorEnumType,
  SetMonitoringDataType,
  SetMonitoringStatusEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import type { Characteristics } from "../deviceModel/values.ts";

/** What a monitor knows of its variable. */
export interface Watch {
  /** The value that was last told, or with which it began; for Delta. */
  readonly reference?: string;
  /** Whether the threshold is passed. */
  readonly beyond: boolean;
}

export interface Finding {
  readonly watch: Watch;
  /** An event to tell of; `cleared` when the value is back within its threshold. */
  readonly event?: { readonly trigger: EventTriggerEnumType; readonly cleared?: true };
}

const numeric: readonly string[] = ["integer", "decimal"];

/** What a new value of the variable means to a monitor. */
export function look(type: MonitorEnumType, limit: number, value: string, watch: Watch): Finding {
  if (type === "Delta") return lookForChange(limit, value, watch);
  if (type !== "UpperThreshold" && type !== "LowerThreshold") return { watch };
  const number = Number(value);
  const beyond = type === "UpperThreshold" ? number > limit : number < limit;
  if (value === "" || Number.isNaN(number) || beyond === watch.beyond) return { watch };
  return { watch: { ...watch, beyond }, event: { trigger: "Alerting", ...(beyond ? {} : { cleared: true }) } };
}

/** Numbers by how much; anything else by whether. */
function lookForChange(limit: number, value: string, watch: Watch): Finding {
  const { reference } = watch;
  const begun = { watch: { ...watch, reference: value } };
  if (reference === undefined) return begun;
  const difference = Math.abs(Number(value) - Number(reference));
  const changed = Number.isNaN(difference) ? value !== reference : difference >= limit && difference > 0;
  return changed ? { ...begun, event: { trigger: "Delta" } } : { watch };
}

/** Why a monitor cannot be set on a variable; undefined when it can. */
export function refusalOf(
  { type, value, severity }: SetMonitoringDataType,
  { dataType, supportsMonitoring, minLimit, maxLimit }: Characteristics,
): SetMonitoringStatusEnumType | undefined {
  const threshold = type === "UpperThreshold" || type === "LowerThreshold";
  if (!supportsMonitoring || (threshold && !numeric.includes(dataType))) return "UnsupportedMonitorType";
  if (severity < 0 || severity > 9) return "Rejected";
  if (threshold) return value < (minLimit ?? value) || value > (maxLimit ?? value) ? "Rejected" : undefined;
  if (type === "Delta") return value < 0 ? "Rejected" : undefined;
  return value < 1 ? "Rejected" : undefined;
}
