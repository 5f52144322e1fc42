/** Keys about who pays, and what is told of it. */
import { accepted, cardToken } from "../fakeNeighbours.ts";
import { atModule, type Config, station } from "./scenes.ts";

/** Payment options that a car is offered. */
async function offered(config: Config): Promise<unknown> {
  const { board, news } = await station(config);
  board("B");
  const setup = news().find((call) => call.startsWith("hlc.session_setup"));
  return JSON.parse(setup?.slice("hlc.session_setup ".length) ?? "");
}
const optionsOf = async (config: Config) => (await offered(config)) as Readonly<Record<string, unknown>>;

const mac = "00:7D:FA:01:02:03";

/** Tokens that the car's address gives, by way of ISO 15118 and of SLAC. */
async function autocharge(config: Config): Promise<string[]> {
  const { board, evse, tokens } = await station(config);
  board("B");
  evse.payment.macAddressKnown(mac.replace("01", "0A"), "slac");
  evse.payment.macAddressKnown(mac, "evccId");
  evse.requireEim();
  return tokens.map(({ id_token }) => id_token.value);
}

async function eventsAfterPlugIn(config: Config): Promise<string[]> {
  const { board, told, settle } = await station(config, { hlc: false });
  board("B");
  await settle();
  return told();
}

/** Whether the car hears at once of a card that was accepted while it matched. */
async function toldOfCard(config: Config): Promise<boolean> {
  const { board, clock, evse, settle, news } = await station(config);
  board("B");
  await clock.advance(500);
  evse.slacMatching(true);
  evse.authorizeResponse(cardToken, accepted);
  await settle();
  evse.requireEim();
  return news().some((call) => call.startsWith("hlc.authorization_response"));
}

async function raisedAtTimeout(config: Config): Promise<string[]> {
  const { board, evse, news } = await station(config);
  board("B");
  evse.withdrawAuthorization();
  return news().filter((call) => call.startsWith("raise"));
}

const setupOf = (key: string) => async (config: Config) =>
  (await atModule(config, ({ last }) => last("hlc.setup")))?.match(new RegExp(`"${key}":"([^"]*)"`))?.[1];

const none: readonly string[] = [];

export const paymentKeys = {
  connector_id: {
    from: 1,
    to: 7,
    show: (config: Config) => atModule(config, async ({ tested }) => (await tested.on.evse.call("get_evse")).id),
    sees: [1, 7],
  },
  connector_type: {
    to: "cCCS2",
    show: (config: Config) =>
      atModule(config, async ({ tested }) => (await tested.on.evse.call("get_evse")).connectors),
    sees: [[{ id: 1, type: "Unknown" }], [{ id: 1, type: "cCCS2" }]],
  },
  evse_id: {
    besides: { ac_hlc_enabled: true },
    to: "DE*ABC*E1*1",
    show: setupOf("evse_id"),
    sees: ["DE*PNX*E1234567*1", "DE*ABC*E1*1"],
  },
  evse_id_din: {
    besides: { ac_hlc_enabled: true },
    to: "49A1",
    show: setupOf("evse_id_din"),
    sees: ["49A80737A45678", "49A1"],
  },
  payment_enable_eim: {
    to: false,
    show: async (config: Config) => (await optionsOf(config)).payment_options,
    sees: [["ExternalPayment", "Contract"], ["Contract"]],
  },
  payment_enable_contract: {
    to: false,
    show: async (config: Config) => (await optionsOf(config)).payment_options,
    sees: [["ExternalPayment", "Contract"], ["ExternalPayment"]],
  },
  central_contract_validation_allowed: {
    to: true,
    show: async (config: Config) => (await optionsOf(config)).central_contract_validation_allowed,
    sees: [false, true],
  },
  contract_certificate_installation_enabled: {
    to: false,
    show: async (config: Config) => (await optionsOf(config)).supported_certificate_service,
    sees: [true, false],
  },
  enable_autocharge: { to: true, show: autocharge, sees: [none, ["VID:007DFA010203"]] },
  autocharge_use_slac_instead_of_hlc: {
    besides: { enable_autocharge: true },
    to: true,
    show: autocharge,
    sees: [["VID:007DFA010203"], ["VID:007DFA0A0203"]],
  },
  disable_authentication: {
    to: true,
    show: eventsAfterPlugIn,
    sees: [
      ["SessionStarted", "AuthRequired"],
      ["SessionStarted", "AuthRequired", "Authorized", "TransactionStarted", "PrepareCharging"],
    ],
  },
  raise_mrec9: {
    to: true,
    show: raisedAtTimeout,
    sees: [
      none,
      [
        "raise MREC9AuthorizationTimeout: nobody authorized the car in time",
        "raise Inoperative: MREC9AuthorizationTimeout",
      ],
    ],
  },
  dbg_hlc_auth_after_tstep: { to: true, show: toldOfCard, sees: [true, false] },
  ac_with_soc: { to: true, refused: /does not read the state of charge on AC, because/ },
} as const;
