import type { Profile, Role } from "./check.ts";
import { contractLeaf } from "./contractLeaf.ts";
import { csmsClientLeaf, csmsServerLeaf } from "./csmsLeaves.ts";
import { anyLeaf, cpsLeaf, firmwareLeaf, oemLeaf, vehicleLeaf } from "./otherLeaves.ts";
import { seccLeaf } from "./seccLeaf.ts";

/** The checks of each role. */
export const profiles: Readonly<Record<Role, Profile>> = {
  contract: contractLeaf,
  secc: seccLeaf,
  cps: cpsLeaf,
  oem: oemLeaf,
  vehicle: vehicleLeaf,
  csms_server: csmsServerLeaf,
  csms_client: csmsClientLeaf,
  mf: firmwareLeaf,
  any: anyLeaf,
};

export type { Check, Context, Edition, Profile, Reason, Role, Scene } from "./check.ts";
export { normalizeEmaid } from "./contractLeaf.ts";
