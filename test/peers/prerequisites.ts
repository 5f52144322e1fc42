/** What runs with the foreign peer need of the machine. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { connect } from "./namespaces.ts";

/** `PEER_PYTHON`, else the environment that `setup.sh` makes, else the system's. */
export function peerPython(root: string): string {
  const made = join(root, ".cache", "peers", "bin", "python");
  return process.env.PEER_PYTHON ?? (existsSync(made) ? made : "python3");
}

/** `PEER_OCPP_PYTHON`, else the environment that `mobilityhouse/setup.sh` makes, else the system's. */
export function ocppPython(root: string): string {
  const made = join(root, ".cache", "peers-ocpp", "bin", "python");
  return process.env.PEER_OCPP_PYTHON ?? (existsSync(made) ? made : "python3");
}

/** As {@link missing}, for the CSMS of The Mobility House. */
export function missingForOcpp(python: string): string[] {
  const there = runs(python, "-c", "import ocpp.v16, ocpp.v201, websockets, cryptography");
  const fix = "run test/peers/mobilityhouse/setup.sh, or set PEER_OCPP_PYTHON";
  return there ? [] : [`the Python packages ocpp, websockets and cryptography in ${python} (${fix})`];
}

/** Everything that is missing, each with what to do. */
export function missing(python: string): string[] {
  const isRoot = process.getuid?.() === 0;
  const checks: readonly (readonly [boolean, string])[] = [
    [process.platform === "linux", "Linux"],
    [isRoot, "root, for network namespaces"],
    [!isRoot || canConnect(), "network namespaces with a veth pair (package iproute2, and the right to make them)"],
    [runs("java", "-version"), "Java 11 or later (package default-jre-headless)"],
    [
      runs(python, "-c", "import iso15118.evcc, iso15118.secc"),
      `the Python package iso15118 in ${python} (run test/peers/ecog/setup.sh, or set PEER_PYTHON)`,
    ],
  ];
  return checks.filter(([there]) => !there).map(([, what]) => what);
}

function runs(file: string, ...args: string[]): boolean {
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}

function canConnect(): boolean {
  try {
    connect().remove();
    return true;
  } catch {
    return false;
  }
}
