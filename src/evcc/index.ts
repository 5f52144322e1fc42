/** The EV communication controller: what a car does with a charger by ISO 15118. */
export type {
  Car,
  Contract,
  ContractWish,
  DcNeeds,
  EnergyTransferMode,
  PausedSession,
  Payment,
  PaymentOption,
  Provisioning,
  ServiceWishes,
} from "./car.ts";
export { type ChargerVerdict, checkCharger } from "./charger.ts";
export type { Effect } from "./effects.ts";
export { din70121, iso15118_2, type SpokenProtocol } from "./handshake.ts";
export { checkNewContract, type NewContractVerdict } from "./newContract.ts";
export { isRegular, type Outcome } from "./outcome.ts";
export { type CarOptions, type CarPorts, CarSession } from "./session.ts";
export type { MessageFacts, Witness } from "./witness.ts";
