import { expect, test } from "vitest";
import { manifest } from "../../../src/modules/EvseManager/manifest.ts";
import { testKeys } from "../keyTable.ts";
import { acKeys } from "./keys/ac.ts";
import { dcKeys } from "./keys/dc.ts";
import { paymentKeys } from "./keys/payment.ts";
import { atModule } from "./keys/scenes.ts";
import { stationKeys } from "./keys/station.ts";

testKeys("EvseManager", manifest, { ...paymentKeys, ...acKeys, ...stationKeys, ...dcKeys });

/** What is allowed but unwise, or not what one might think, is said at the start with the name of the key. */
test.each([
  [{ lock_connector_in_state_b: false }, "lock_connector_in_state_b is false"],
  [{ unlock_when_deauthorized: true }, "unlock_when_deauthorized is true"],
  [{ connector_type: "cWarp" }, "connector_type is none that EVerest knows"],
  [
    { payment_enable_eim: false, payment_enable_contract: false },
    "payment_enable_eim and payment_enable_contract are both false",
  ],
])("%o is remarked on", async (config, words) => {
  const logged = await atModule(config, ({ tested }) => [...tested.logged]);
  expect(logged).toContainEqual(expect.stringContaining(words));
  const plain = await atModule({}, ({ tested }) => [...tested.logged]);
  expect(plain).toEqual([]);
});
