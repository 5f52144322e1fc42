import type { DcInput } from "../../../../src/modules/EvseManager/dc/model.ts";
import type { EvseManagerConfig } from "../../../../src/modules/EvseManager/manifest.ts";
import { accepted, contractToken, type FakeEvse, fakeEvse } from "../fakeNeighbours.ts";
import { capabilities, evLimits } from "./support.ts";

const threePhases = {
  ...{ max_current_A_import: 100, min_current_A_import: 0, max_phase_count_import: 3, min_phase_count_import: 3 },
  ...{ max_current_A_export: 0, min_current_A_export: 0, max_phase_count_export: 3, min_phase_count_export: 3 },
  ...{ supports_changing_phases_during_charging: false, supports_cp_state_E: false },
  connector_type: "IEC62196Type2Cable",
} as const;

/** What nobody counts: it is told all the time. */
const chatter = /hlc\.(update_dc_(max|min|present)|set_|update_meter)|publish\./;

/** A DC outlet, and what its neighbours were told last. */
export class Outlet {
  readonly station: FakeEvse;
  supplyOn = false;
  imdOn = false;
  contactorAllowed = false;
  /** Ampere that the supply is set to. */
  ampere = 0;

  constructor(station: FakeEvse) {
    this.station = station;
  }

  static async open(config: Partial<EvseManagerConfig> = {}): Promise<Outlet> {
    const station = fakeEvse({ config: { charge_mode: "DC", initial_meter_value_timeout_ms: 0, ...config } });
    const outlet = new Outlet(station);
    await station.boot();
    station.evse.energy.capabilities = { ...threePhases };
    outlet.feed({ type: "capabilities", capabilities });
    outlet.grant(50_000);
    station.board("A");
    outlet.look();
    return outlet;
  }

  get state(): string {
    return this.station.evse.state.name;
  }

  /** What the energy tree says. */
  grant(watt: number, seconds = 600): void {
    this.station.evse.energy.enforce({
      ...{ uuid: "evse", valid_for: seconds, schedule: [] },
      limits_root_side: { total_power_W: { value: watt, source: "test" } },
    });
  }

  feed(...inputs: readonly DcInput[]): void {
    for (const input of inputs) this.station.evse.dc?.feed(input);
  }

  measure(voltage: number, current = 0): void {
    this.feed({ type: "measured", voltage, current });
  }

  /** What was told since the last look. */
  look(): string[] {
    const news = this.station.news();
    for (const call of news) {
      if (call.startsWith("supply.setMode")) this.supplyOn = call.includes("Export");
      if (call.startsWith("board.allow_power_on")) this.contactorAllowed = call.includes("true");
      if (call === "imd.start" || call === "imd.stop") this.imdOn = call === "imd.start";
      if (call.startsWith("supply.setExport")) this.ampere = Number(call.split(" ")[2]);
      if (this.supplyOn && !this.contactorAllowed) throw new Error(`voltage behind an open contactor: ${call}`);
    }
    return news.filter((call) => !chatter.test(call));
  }

  /** Time passes; the contactor obeys, and a supply that is off loses its voltage. */
  async pass(ms: number): Promise<string[]> {
    const seen: string[] = [];
    for (let end = 0; end <= ms; end += 100) {
      seen.push(...this.look());
      const { evse, board, clock } = this.station;
      if (!this.contactorAllowed && !evse.state.contactorOpen) board("PowerOff");
      if (!this.supplyOn) this.measure(0);
      await clock.advance(100);
    }
    return [...seen, ...this.look()];
  }

  /** Takes the steps up to and with the one of this name. */
  async to(last: StepName): Promise<void> {
    for (const [name, act] of steps) {
      await act(this);
      await this.station.settle();
      if (name === last) return;
    }
  }
}

type Step = (outlet: Outlet) => void | Promise<void>;

/** From plugging in to unplugging, one step after the other. */
export const steps = [
  ["plugged in", ({ station }) => station.board("B")],
  [
    "matched",
    async ({ station }) => {
      await station.clock.advance(500);
      station.evse.slacMatching(true);
    },
  ],
  ["contract shown", ({ station }) => station.evse.requireContract(contractToken)],
  ["authorized", ({ station }) => station.evse.authorizeResponse(station.tokens.at(-1) ?? contractToken, accepted)],
  [
    "state C",
    (outlet) => {
      outlet.feed({ type: "evLimits", limits: evLimits });
      outlet.station.board("C");
    },
  ],
  [
    "cable check",
    (outlet) => {
      outlet.feed({ type: "startCableCheck" });
      outlet.measure(0);
    },
  ],
  ["contactor closed", ({ station }) => station.board("PowerOn")],
  ["test voltage", (outlet) => outlet.measure(500)],
  ["self test passed", (outlet) => outlet.feed({ type: "selfTest", passed: true })],
  ["measured", (outlet) => outlet.feed({ type: "isolation", measurement: { resistance_F_Ohm: 900_000 } })],
  ["discharged", (outlet) => outlet.measure(0)],
  ["precharge", (outlet) => outlet.feed({ type: "startPreCharge" }, { type: "target", voltage: 400, current: 2 })],
  ["precharged", (outlet) => outlet.measure(400)],
  ["charging", (outlet) => outlet.feed({ type: "demandStarted" }, { type: "target", voltage: 400, current: 50 })],
  [
    "full current",
    async (outlet) => {
      await outlet.station.clock.advance(3000);
      outlet.measure(400, 50);
    },
  ],
  [
    "stopped",
    (outlet) => {
      outlet.feed({ type: "target", voltage: 400, current: 0 }, { type: "demandFinished" });
      outlet.measure(390);
    },
  ],
  ["state B", ({ station }) => station.board("B", "PowerOff")],
  ["terminated", ({ station }) => station.evse.dlink("terminate")],
  ["unplugged", ({ station }) => station.board("A")],
] as const satisfies readonly (readonly [string, Step])[];

export type StepName = (typeof steps)[number][0];
