/** One SECC that a thousand cars connect to by TLS; its clock stands still, so that none is sent away for saying nothing. */
import { iso2Protocol } from "../src/secc/handshake.ts";
import { Secc } from "../src/secc/secc.ts";
import { chooseLink } from "../src/transport/interfaces.ts";
import { nodeNetwork } from "../src/transport/node.ts";
import type { TlsCredentials } from "../src/transport/ports.ts";
import { silentLogger } from "../src/util/log.ts";
import { ManualClock } from "../src/util/manualClock.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { silentTracer } from "../src/util/trace.ts";
import { answerAll, memory } from "./part.ts";

const secc = new Secc({
  network: nodeNetwork(),
  clock: new ManualClock(),
  ...{ random: cryptoRandom, log: silentLogger, trace: silentTracer },
  sdpPort: undefined,
  tlsSecurity: "force",
  tls: { handshakeMs: 60_000 },
  protocols: [iso2Protocol],
  settings: { authTimeoutPnc: 55, authTimeoutEim: 300 },
  closeAtOnce: false,
  maxConnections: 5000,
  checkContract: async () => ({ result: "unchecked" }),
  serviceParameters: async () => undefined,
  perform: () => {},
});

answerAll(async (question: { credentials?: TlsCredentials }) => {
  const { credentials } = question;
  if (!credentials) return memory();
  await secc.open(chooseLink("lo"), [credentials]);
  secc.dlinkReady(true);
  return secc.port("tls");
});
