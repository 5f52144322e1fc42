/** What can be done wrong on purpose to a charger or a car, and what a right one does about it. */
export { type AttackId, attacks } from "./attacks.ts";
export { catalogue, findFault } from "./catalogue.ts";
export { Dialogue } from "./dialogue.ts";
export type { Fault, How, Side, Traits } from "./fault.ts";
export { Injector, type InjectorOptions } from "./injector.ts";
export type { Reaction } from "./reaction.ts";
export { expectedWords, type FaultVerdict, judgeFault } from "./verdict.ts";
