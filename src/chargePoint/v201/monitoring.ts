/** Functional block N of OCPP 2.0.1, second part: variables are watched for the CSMS (N02 to N08). */
import type {
  EventDataType,
  EventTriggerEnumType,
  GetMonitoringReportRequest,
  GetMonitoringReportResponse,
  MonitoringDataType,
  SetMonitoringDataType,
  SetMonitoringResultType,
} from "../../ocpp/v201/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import { sameAddress } from "../deviceModel/address.ts";
import type { Change } from "../deviceModel/deviceModel.ts";
import { selects } from "../deviceModel/reports.ts";
import { Periodic, untilAligned } from "../periodic.ts";
import type { MessageQueue } from "../queue.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { look, refusalOf, type Watch } from "./monitorRules.ts";
import { addressOf, criterionOf, LEAST_SEVERITY, type Monitor, MonitorStore } from "./monitorStore.ts";
import type { Transactions } from "./transaction.ts";

/** How many monitors there may be. */
const MOST_MONITORS = 1000;
/** Entries of a NotifyMonitoringReport, so that a message stays small. */
const ENTRIES_PER_REPORT = 50;

export class Monitoring implements Block {
  readonly #core: Core;
  readonly #queue: MessageQueue;
  readonly #transactions: Transactions;
  readonly #store: MonitorStore;
  readonly #watches = new Map<number, Watch>();
  readonly #timers = new Map<number, Periodic>();
  #events = 0;

  constructor(core: Core, queue: MessageQueue, transactions: Transactions) {
    this.#core = core;
    this.#queue = queue;
    this.#transactions = transactions;
    this.#store = new MonitorStore(core.database);
    for (const monitor of this.#store.all) this.#begin(monitor);
    core.model.onChange((change) => this.#changed(change));
  }

  readonly handlers: Handlers = {
    SetVariableMonitoring: ({ setMonitoringData }) => {
      const limit = this.#core.model.value("MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]");
      if (limit !== undefined && setMonitoringData.length > limit) {
        throw new RpcError("OccurenceConstraintViolation", `more than ${limit} entries (ItemsPerMessage)`);
      }
      return { setMonitoringResult: setMonitoringData.map((wanted) => this.#set(wanted)) };
    },
    ClearVariableMonitoring: ({ id }) => ({
      clearMonitoringResult: id.map((one) => ({ id: one, status: this.#clear(one) ? "Accepted" : "NotFound" })),
    }),
    GetMonitoringReport: (request, afterwards) => this.#report(request, afterwards),
    // There are none of the factory's own: only the CSMS's are taken away (N03).
    SetMonitoringBase: ({ monitoringBase }) => {
      if (monitoringBase !== "All") for (const { id } of this.#store.all) this.#clear(id);
      this.#core.model.show("MonitoringCtrlr.ActiveMonitoringBase", monitoringBase);
      return { status: "Accepted" };
    },
    SetMonitoringLevel: ({ severity }) => {
      if (severity < 0 || severity > LEAST_SEVERITY) return { status: "Rejected" };
      this.#store.level = severity;
      this.#core.model.show("MonitoringCtrlr.ActiveMonitoringLevel", String(severity));
      return { status: "Accepted" };
    },
  };

  stop(): void {
    for (const timer of this.#timers.values()) timer.stop();
  }

  #set(wanted: SetMonitoringDataType): SetMonitoringResultType {
    const { component, variable, type, severity, id } = wanted;
    const answer = { component, variable, type, severity };
    const found = this.#core.model.find(component, variable);
    if (found.status !== "Accepted") return { ...answer, ...(id === undefined ? {} : { id }), status: found.status };
    const status = refusalOf(wanted, found.place.variable.characteristics) ?? this.#conflict(wanted);
    if (status !== undefined) return { ...answer, ...(id === undefined ? {} : { id }), status };
    const { customData: _, transaction = false, ...content } = wanted;
    const monitor = { ...content, transaction };
    const taken = this.#store.put(monitor);
    this.#begin({ ...monitor, id: taken });
    return { ...answer, id: taken, status: "Accepted" };
  }

  /** An id must be known, and of that variable; without one there must be no twin (N04.FR.10 to FR.12). */
  #conflict(wanted: SetMonitoringDataType): "Rejected" | "Duplicate" | undefined {
    const twin = this.#store.twin(wanted);
    if (wanted.id === undefined) {
      if (twin) return "Duplicate";
      return this.#store.all.length >= MOST_MONITORS ? "Rejected" : undefined;
    }
    const known = this.#store.all.find(({ id }) => id === wanted.id);
    if (!known || addressOf(known) !== addressOf(wanted)) return "Rejected";
    return twin && twin.id !== wanted.id ? "Duplicate" : undefined;
  }

  #clear(id: number): boolean {
    if (!this.#store.all.some((one) => one.id === id)) return false;
    this.#store.remove(id);
    this.#watches.delete(id);
    this.#timers.get(id)?.stop();
    this.#timers.delete(id);
    return true;
  }

  #begin(monitor: Monitor): void {
    const { id, type, value } = monitor;
    this.#timers.get(id)?.stop();
    this.#timers.delete(id);
    this.#watches.set(id, { beyond: false });
    if (type === "Periodic" || type === "PeriodicClockAligned") {
      const { clock } = this.#core;
      const wait = () => (type === "Periodic" ? value * 1000 : untilAligned(clock.now(), value * 1000));
      const timer = new Periodic(clock, wait, () => this.#tell(monitor, "Periodic"));
      this.#timers.set(id, timer);
      timer.start();
    } else this.#look(monitor, this.#valueOf(monitor) ?? "");
  }

  #changed({ address, attribute, value }: Change): void {
    if (attribute !== "Actual") return;
    const same = sameAddress(address);
    for (const monitor of this.#store.all) if (addressOf(monitor) === same) this.#look(monitor, value);
  }

  #look(monitor: Monitor, value: string): void {
    const { watch, event } = look(
      monitor.type,
      monitor.value,
      value,
      this.#watches.get(monitor.id) ?? { beyond: false },
    );
    this.#watches.set(monitor.id, watch);
    if (event) this.#tell(monitor, event.trigger, event.cleared);
  }

  /** What is secret is told of without its value. */
  #valueOf({ component, variable }: Monitor): string | undefined {
    const found = this.#core.model.find(component, variable);
    if (found.status !== "Accepted") return undefined;
    if (found.place.variable.attributes.get("Actual")?.mutability === "WriteOnly") return "";
    return this.#core.model.text(found.place, "Actual");
  }

  #tell(monitor: Monitor, trigger: EventTriggerEnumType, cleared?: true): void {
    const { clock, csms, model, station } = this.#core;
    const { id, component, variable, severity, transaction } = monitor;
    if (model.value("MonitoringCtrlr.Enabled") === false || severity > this.#store.level) return;
    if (transaction && !station.evses.some((evse) => this.#transactions.runningAt(evse.id) !== undefined)) return;
    const now = isoTime(clock.now());
    const event: EventDataType = {
      ...{ eventId: this.#events++, timestamp: now, trigger, component, variable },
      actualValue: this.#valueOf(monitor) ?? "",
      eventNotificationType: "CustomMonitor",
      variableMonitoringId: id,
      ...(cleared ? { cleared } : {}),
    };
    const payload = { generatedAt: now, seqNo: 0, tbc: false, eventData: [event] };
    if (csms.online) inBackground(this.#core, "NotifyEvent", () => csms.call("NotifyEvent", payload));
    else if (severity <= (model.value("MonitoringCtrlr.OfflineQueuingSeverity") ?? -1)) {
      this.#queue.push({ action: "NotifyEvent", payload, importance: "notice" });
    }
  }

  #report(
    { requestId, componentVariable, monitoringCriteria }: GetMonitoringReportRequest,
    afterwards: Afterwards,
  ): GetMonitoringReportResponse {
    const chosen = this.#store.all.filter((monitor) => {
      const found = this.#core.model.find(monitor.component, monitor.variable);
      if (found.status !== "Accepted") return false;
      const wanted = componentVariable?.some((selector) => selects(selector, found.place)) ?? true;
      return wanted && (monitoringCriteria?.includes(criterionOf[monitor.type]) ?? true);
    });
    if (chosen.length === 0) return { status: "EmptyResultSet" };
    afterwards(() =>
      inBackground(this.#core, "NotifyMonitoringReport", () => this.#send(requestId, byVariable(chosen))),
    );
    return { status: "Accepted" };
  }

  async #send(requestId: number, all: readonly MonitoringDataType[]): Promise<void> {
    const generatedAt = isoTime(this.#core.clock.now());
    const parts = Math.ceil(all.length / ENTRIES_PER_REPORT);
    for (let seqNo = 0; seqNo < parts; seqNo++) {
      const monitor = all.slice(seqNo * ENTRIES_PER_REPORT, (seqNo + 1) * ENTRIES_PER_REPORT);
      const tbc = seqNo < parts - 1;
      const outcome = await this.#core.csms.call("NotifyMonitoringReport", {
        requestId,
        generatedAt,
        seqNo,
        tbc,
        monitor,
      });
      if (outcome.kind !== "answered") return;
    }
  }
}

function byVariable(monitors: readonly Monitor[]): MonitoringDataType[] {
  const entries = new Map<string, MonitoringDataType>();
  for (const { component, variable, ...monitor } of monitors) {
    const address = addressOf({ component, variable });
    const entry = entries.get(address) ?? { component, variable, variableMonitoring: [] };
    entry.variableMonitoring.push(monitor);
    entries.set(address, entry);
  }
  return [...entries.values()];
}
