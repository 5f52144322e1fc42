/** What somebody outside orders, read from the text of a payload. */
import { z } from "zod";
import type { ExternalLimits, LimitsReq, ScheduleReqEntry } from "../../interfaces/types/energy.ts";
import { EnableDisableSource } from "../../interfaces/types/evse_manager.ts";
import { UserError } from "../../util/errors.ts";

/** Who has set a limit, for people who wonder why a car charges slowly. */
const SOURCE = "API_module";

/** @throws UserError */
function readJson<T extends z.ZodType>(payload: string, schema: T, expected: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(payload));
  } catch {
    throw new UserError(`'${payload.slice(0, 100)}' cannot be read`, { expected });
  }
}

/** A number at the beginning, as EVerest reads it; the rest does not count. @throws UserError when there is none. */
export function readNumber(payload: string, expected: string): number {
  const value = Number.parseFloat(payload);
  if (Number.isFinite(value)) return value;
  throw new UserError(`'${payload.slice(0, 100)}' is no number`, { expected });
}

/** {@link readNumber}, without what is after the point. @throws UserError when there is none. */
export function readInteger(payload: string, expected: string): number {
  return Math.trunc(readNumber(payload, expected));
}

const { enable_source, enable_state, enable_priority } = EnableDisableSource.shape;
const Enable = z.object({
  connector_id: z.int().min(0).default(0),
  source: enable_source.default("LocalAPI"),
  state: enable_state.default("Enable"),
  priority: enable_priority.default(100),
});

/** The arguments of `enable_disable`; whatever is left out is EVerest's default. @throws UserError */
export function readEnable(payload: string) {
  const expected = '{"connector_id": 0, "source": "LocalAPI", "state": "Enable", "priority": 100}, or a part of it';
  const { connector_id, source, state, priority } = readJson(payload, Enable, expected);
  return {
    connector_id,
    cmd_source: { enable_source: source, enable_state: state, enable_priority: priority },
  };
}

/** Of the deprecated commands `enable` and `disable`, whose payload is a connector's number. @throws UserError */
export function readSwitch(payload: string, state: "Enable" | "Disable") {
  const cmd_source = { enable_source: "LocalAPI", enable_state: state, enable_priority: 100 } as const;
  return { connector_id: readInteger(payload, "the number of a connector, 0 for all"), cmd_source };
}

const PhasesLimit = z.object({ amps: z.number(), phases: z.union([z.literal(1), z.literal(3)]) });

const limited = (value: number) => ({ value: Math.abs(value), source: SOURCE });

/** @param timestamp of now, RFC 3339. @throws UserError */
export function readAmpereAndPhases(payload: string, timestamp: string): ExternalLimits {
  const { amps, phases } = readJson(payload, PhasesLimit, '{"amps": 16, "phases": 1 or 3}');
  const count = { value: phases, source: SOURCE };
  const limit = { ac_max_phase_count: count, ac_min_phase_count: count, ac_max_current_A: limited(amps) };
  return amps > 0 ? limits(timestamp, limit, undefined) : limits(timestamp, { ac_max_current_A: limited(0) }, limit);
}

/** More than 0 charges, less feeds back; the other direction is 0. @throws UserError */
export function readLimit(payload: string, unit: "A" | "W", timestamp: string): ExternalLimits {
  const value = readNumber(payload, unit === "A" ? "ampere" : "watt");
  const key = unit === "A" ? "ac_max_current_A" : "total_power_W";
  const [target, nothing] = [{ [key]: limited(value) }, { [key]: limited(0) }];
  return value > 0 ? limits(timestamp, target, nothing) : limits(timestamp, nothing, target);
}

function limits(timestamp: string, charge: LimitsReq, feedBack: LimitsReq | undefined): ExternalLimits {
  const entry = (limits_to_leaves: LimitsReq): ScheduleReqEntry => ({
    timestamp,
    limits_to_leaves,
    limits_to_root: {},
  });
  return {
    schedule_import: [entry(charge)],
    schedule_export: feedBack ? [entry(feedBack)] : [],
    schedule_setpoints: [],
  };
}
