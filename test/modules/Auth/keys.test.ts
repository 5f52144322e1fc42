import { expect, test } from "vitest";
import { manifest } from "../../../src/modules/Auth/manifest.ts";
import { testKeys } from "../keyTable.ts";
import { accepted, card, type FakeAuthOptions, fakeAuth, group } from "./fakeStation.ts";

type Config = Readonly<Record<string, unknown>>;
type Auth = ReturnType<typeof fakeAuth>;

/** Auth with two EVSEs. */
const auth = (config: Config, more: FakeAuthOptions = {}) => fakeAuth({ ...(config as FakeAuthOptions), ...more });

/** EVSEs that a card authorizes, when cars were plugged in at 2 and then at 1. */
async function chosen(config: Config): Promise<string[]> {
  const station = auth(config);
  station.plugIn(2);
  station.plugIn(1);
  await station.show(card("C"));
  return station.commands();
}

const ofGroup = () => ({ ...accepted, parent_id_token: group("FAMILY") });

/** A car charges at EVSE 1 by a card of a group. */
async function charging(config: Config, more: FakeAuthOptions = {}): Promise<Auth> {
  const station = auth(config, { validators: [ofGroup], ...more });
  station.plugIn(1);
  await station.show(card("A"));
  station.transaction(1);
  station.commands();
  return station;
}

const authKeys = {
  selection_algorithm: {
    from: "PlugEvents",
    to: "PlugEventsLIFO",
    show: chosen,
    sees: [["authorize 2 C Accepted"], ["authorize 1 C Accepted"]],
  },
  connection_timeout: {
    from: 30,
    to: 90,
    async show(config: Config) {
      const station = auth(config);
      station.plugIn(1);
      await station.show(card("C"));
      station.commands();
      await station.clock.advance(60_000);
      return station.commands();
    },
    sees: [["withdraw 1"], []],
  },
  master_pass_group_id: {
    from: "",
    to: "FAMILY",
    async show(config: Config) {
      const station = await charging(config, {
        evses: 1,
        validators: [({ id_token }) => (id_token.value === "A" ? accepted : ofGroup())],
      });
      await station.show(card("B"));
      return station.commands();
    },
    sees: [[], ["stop 1 MasterPass"]],
  },
  prioritize_authorization_over_stopping_transaction: {
    from: true,
    to: false,
    async show(config: Config) {
      const station = await charging(config);
      station.plugIn(2);
      await station.show(card("B"));
      return station.commands();
    },
    sees: [["authorize 2 B Accepted"], ["stop 1 Local"]],
  },
  ignore_connector_faults: {
    from: false,
    to: true,
    async show(config: Config) {
      const station = auth(config, { evses: 1 });
      station.handler.pool.onFault(1, 1, true);
      await station.show(card("C"));
      return station.commands();
    },
    sees: [[], ["authorize 1 C Accepted"]],
  },
  plug_in_timeout_enabled: {
    from: false,
    to: true,
    async show(config: Config) {
      const station = auth(config);
      station.plugIn(1);
      await station.clock.advance(61_000);
      return station.commands();
    },
    sees: [[], ["withdraw 1"]],
  },
  stop_transaction_on_reswipe: {
    from: true,
    to: false,
    async show(config: Config) {
      const station = await charging(config);
      await station.show(card("A"));
      return station.commands();
    },
    sees: [["stop 1 Local"], []],
  },
} as const;

testKeys("Auth", manifest, authKeys);

test("UserInput of EVerest is refused, with the reason", () => {
  const { error } = manifest.config.safeParse({ connection_timeout: 10, selection_algorithm: "UserInput" });
  expect(error?.issues).toMatchObject([
    { path: ["selection_algorithm"], message: expect.stringMatching(/Auth does not do UserInput, because/) },
  ]);
});
