/** A charger on the loopback interface, as `plugcharge secc` has it: opens on the first question, tells of its memory on the others. */
import { openCharger } from "../src/cli/peer/charger.ts";
import { findScenario } from "../src/cli/peer/scenarios.ts";
import { chooseLink } from "../src/transport/interfaces.ts";
import { nodeNetwork } from "../src/transport/node.ts";
import type { TlsCredentials } from "../src/transport/ports.ts";
import { systemClock } from "../src/util/clock.ts";
import { silentLogger } from "../src/util/log.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { Timeline } from "../src/util/trace.ts";
import { parsePemChain } from "../src/x509/index.ts";
import { answerAll, memory } from "./part.ts";

export interface OpenCharger {
  readonly credentials: TlsCredentials;
  /** PEM. */
  readonly contractRoots: string;
  readonly sdpPort: number;
  readonly scenario: string;
}

answerAll(async (question: Partial<OpenCharger>) => {
  const { credentials, contractRoots = "", sdpPort = 0, scenario = "" } = question;
  if (!credentials) return memory();
  await openCharger({
    ...{ network: nodeNetwork(), clock: systemClock, random: cryptoRandom, log: silentLogger },
    timeline: new Timeline(systemClock, { keep: 0 }),
    link: chooseLink("lo"),
    ...{ sdpPort, credentials, tlsSecurity: "force", contractRoots: parsePemChain(contractRoots) },
    evse: findScenario(scenario)?.evse ?? {},
    onSession: () => {},
  });
});
