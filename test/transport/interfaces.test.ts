import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { chooseLink } from "../../src/transport/interfaces.ts";
import { UserError } from "../../src/util/errors.ts";

const lo: NetworkInterfaceInfo[] = [
  { address: "::1", netmask: "", family: "IPv6", mac: "00:00:00:00:00:00", internal: true, cidr: null, scopeid: 0 },
];
const info = (address: string): NetworkInterfaceInfo => ({
  address,
  netmask: "",
  family: "IPv6",
  mac: "02:fc:00:00:00:01",
  internal: false,
  cidr: null,
  scopeid: 4,
});

describe("choosing the link", () => {
  it("auto takes the first interface with a link-local address and says so", () => {
    const link = chooseLink("auto", { lo, eth0: [info("fd00::2")], eth1: [info("fd00::3"), info("fe80::1")] });
    expect(link).toMatchObject({ mode: "multicast", interface: "eth1", address: "fe80::1%eth1" });
    expect([...link.mac]).toEqual([2, 0xfc, 0, 0, 0, 1]);
    expect(link.why).toContain("eth1");
  });

  it("auto falls back to loopback and says why", () => {
    expect(chooseLink("auto", { lo, eth0: [info("fd00::2")] })).toMatchObject({
      mode: "loopback",
      interface: "lo",
      address: "::1",
      why: "no interface has an IPv6 link-local address",
    });
  });

  it("takes the interface that is named, also the loopback one", () => {
    expect(chooseLink("eth0", { lo, eth0: [info("fe80::2")] }).address).toBe("fe80::2%eth0");
    expect(chooseLink("lo", { lo }).mode).toBe("loopback");
  });

  it.each([
    ["eth9", "does not exist"],
    ["eth0", "no IPv6 link-local address"],
  ])("bad case: %s %s", (device, message) => {
    const choose = () => chooseLink(device, { lo, eth0: [info("fd00::2")] });
    expect(choose).toThrow(UserError);
    expect(choose).toThrow(message);
  });
});
