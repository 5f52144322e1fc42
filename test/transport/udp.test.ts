import { describe, expect, it } from "vitest";
import { chooseLink } from "../../src/transport/interfaces.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import { signal } from "./compliance.ts";

const link = chooseLink("auto");

describe("multicast on a real interface", () => {
  it.runIf(link.mode === "multicast")(
    "reaches those who joined, and the answer comes back with the scope",
    async () => {
      const network = nodeNetwork();
      const group = { address: "ff02::1", interface: link.interface };
      const server = await network.openDatagrams({ host: "::", port: 0, group });
      const client = await network.openDatagrams({ host: "::", port: 0, multicastInterface: link.interface });
      const from = signal<string>();
      server.onMessage((bytes, sender) => {
        from.resolve(sender.address);
        void server.send(bytes, sender);
      });
      const answer = signal<Uint8Array>();
      client.onMessage((bytes) => answer.resolve(bytes));
      await client.send(Uint8Array.of(1, 2), { address: `ff02::1%${link.interface}`, port: server.port });
      expect([...(await answer.promise)]).toEqual([1, 2]);
      expect(await from.promise).toContain(`%${link.interface}`);
      await Promise.all([server.close(), client.close()]);
    },
  );
});
