/** The DC hardware behind a charger to test cars with: everything is in order and at once as the car wants it. */
import type { ChargerEffect } from "../../secc/effects.ts";
import type { DcOutput } from "../../secc/evse.ts";
import type { Secc } from "../../secc/secc.ts";

const nothing = { voltage: 0, current: 0 } as const;

export class DcHardware {
  readonly #secc: Secc;
  #demanding = false;
  #target: { readonly voltage: number; readonly current: number } = nothing;

  constructor(secc: Secc) {
    this.#secc = secc;
  }

  obey({ name, value }: ChargerEffect): void {
    switch (name) {
      case "start_cable_check":
        this.#change({ isolation: "Valid", present: nothing });
        // The check is not over before it has begun.
        queueMicrotask(() => this.#secc.apply({ type: "cable_check_finished", passed: true }));
        return;
      case "dc_ev_target_voltage_current":
        this.#target = { voltage: value.dc_ev_target_voltage, current: value.dc_ev_target_current };
        this.#give(this.#target);
        return;
      case "current_demand_started":
        this.#demanding = true;
        this.#give(this.#target);
        return;
      case "current_demand_finished":
      case "dc_open_contactor":
        this.#demanding = false;
        this.#change({ present: nothing });
    }
  }

  /** Within its own limits, whatever the car asks for; current flows only when the car has closed its contactor. */
  #give(wanted: { readonly voltage: number; readonly current: number }): void {
    const { limits } = this.#secc.evse.dc;
    const voltage = Math.min(wanted.voltage, limits?.voltage ?? 0);
    const byPower = voltage > 0 ? (limits?.power ?? 0) / voltage : 0;
    const current = this.#demanding ? Math.min(wanted.current, limits?.current ?? 0, byPower) : 0;
    this.#change({ present: { voltage, current } });
  }

  #change(change: Partial<DcOutput>): void {
    this.#secc.update({ dc: { ...this.#secc.evse.dc, ...change } });
  }
}
