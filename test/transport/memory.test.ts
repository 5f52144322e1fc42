import { memoryNetwork } from "../../src/transport/memory.ts";
import { transportCompliance } from "./compliance.ts";

const server = { credentials: [{ chain: "", key: "" }] as const, handshakeMs: 1000 };

transportCompliance({ name: "memory", network: memoryNetwork() });
transportCompliance({
  name: "memory with claimed TLS, cut small",
  network: memoryNetwork({ cut: 61, certificates: { chain: [Uint8Array.of(1)] } }),
  tls: { server, client: { verify: () => ({ ok: true }) } },
});
