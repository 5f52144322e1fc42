/** A CSMS of ours in a process of its own, which knows as many stations and tokens as it is told. */
import { startCsms } from "../src/csms/csms.ts";
import { systemClock } from "../src/util/clock.ts";
import { silentLogger } from "../src/util/log.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { silentTracer } from "../src/util/trace.ts";
import { answerAll } from "./part.ts";

export interface OpenCsms {
  readonly stations: readonly string[];
  /** Of every station. */
  readonly password: string;
  readonly tokens: readonly string[];
}

answerAll(async ({ stations, password, tokens }: OpenCsms) => {
  const csms = await startCsms({
    ...{ clock: systemClock, random: cryptoRandom, log: silentLogger, trace: silentTracer },
    stations: stations.map((identity) => ({ identity, profile: 1, password })),
    tokens: tokens.map((idToken) => ({ idToken, type: "ISO14443", status: "Accepted" })),
  });
  return csms.url;
});
