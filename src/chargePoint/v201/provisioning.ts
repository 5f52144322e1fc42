/** Functional block B of OCPP 2.0.1, second part: the device model read, set and reported (B05 to B08). */
import type {
  GetVariableDataType,
  GetVariableResultType,
  ReportDataType,
  SetVariableDataType,
  SetVariableResultType,
} from "../../ocpp/v201/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import { baseReport, filteredReport, splitReport } from "../deviceModel/reports.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

/** Room for the message around the entries of a report. */
const ENVELOPE_BYTES = 512;

/** A request with more entries than DeviceDataCtrlr.ItemsPerMessage allows is refused as a whole. */
type Limited = "GetReport" | "GetVariables" | "SetVariables";

export class Provisioning implements Block {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  readonly handlers: Handlers = {
    GetVariables: ({ getVariableData }) => {
      this.#limit("GetVariables", getVariableData.length);
      this.#showTime();
      return { getVariableResult: getVariableData.map((wanted) => getVariable(this.#core.model, wanted)) };
    },
    SetVariables: ({ setVariableData }, afterwards) => {
      this.#limit("SetVariables", setVariableData.length);
      const setVariableResult = setVariableData.map((data) => setVariable(this.#core.model, data, "csms"));
      afterwards(() => inBackground(this.#core, "applying settings", () => this.#core.station.applySettings()));
      return { setVariableResult };
    },
    GetBaseReport: ({ requestId, reportBase }, afterwards) => {
      this.#showTime();
      const report = baseReport(this.#core.model, reportBase);
      if (report.length === 0) return { status: "EmptyResultSet" };
      this.#send(requestId, report, afterwards);
      return { status: "Accepted" };
    },
    GetReport: ({ requestId, componentCriteria, componentVariable }, afterwards) => {
      this.#limit("GetReport", componentVariable?.length ?? 0);
      const report = filteredReport(this.#core.model, componentCriteria, componentVariable);
      if (report.length === 0) return { status: "EmptyResultSet" };
      this.#send(requestId, report, afterwards);
      return { status: "Accepted" };
    },
  };

  #limit(action: Limited, count: number): void {
    const limit = this.#core.model.value(`DeviceDataCtrlr.ItemsPerMessage[${action}]`);
    if (limit !== undefined && count > limit) {
      throw new RpcError("OccurenceConstraintViolation", `more than ${limit} entries (ItemsPerMessage)`);
    }
  }

  #showTime(): void {
    this.#core.model.show("ClockCtrlr.DateTime", isoTime(this.#core.clock.now()));
  }

  /** One NotifyReport after the other; none follows one that failed. */
  #send(requestId: number, report: readonly ReportDataType[], afterwards: Afterwards): void {
    const { model, clock, csms } = this.#core;
    const parts = splitReport(report, (model.value("InternalCtrlr.MaxMessageSize") ?? 32_000) - ENVELOPE_BYTES);
    const generatedAt = isoTime(clock.now());
    const sendAll = async () => {
      for (const [seqNo, reportData] of parts.entries()) {
        const tbc = seqNo < parts.length - 1;
        const outcome = await csms.call("NotifyReport", { requestId, generatedAt, seqNo, tbc, reportData });
        if (outcome.kind !== "answered") return;
      }
    };
    afterwards(() => inBackground(this.#core, "NotifyReport", sendAll));
  }
}

/** One entry of GetVariables (B06). */
export function getVariable(model: DeviceModel, wanted: GetVariableDataType): GetVariableResultType {
  const { component, variable, attributeType = "Actual" } = wanted;
  const result = { component, variable, attributeType };
  const found = model.find(component, variable);
  if (found.status !== "Accepted") return { ...result, attributeStatus: found.status };
  const attribute = found.place.variable.attributes.get(attributeType);
  if (!attribute) return { ...result, attributeStatus: "NotSupportedAttributeType" };
  if (attribute.mutability === "WriteOnly") return { ...result, attributeStatus: "Rejected" };
  const attributeValue = model.text(found.place, attributeType) ?? "";
  return { ...result, attributeStatus: "Accepted", attributeValue };
}

/** One entry of SetVariables (B05), on disk when it returns. */
export function setVariable(model: DeviceModel, data: SetVariableDataType, source: string): SetVariableResultType {
  const { component, variable, attributeType = "Actual", attributeValue } = data;
  const { status, info } = model.set(component, variable, attributeType, attributeValue, source);
  return {
    component,
    variable,
    attributeType,
    attributeStatus: status,
    ...(info ? { attributeStatusInfo: info } : {}),
  };
}
