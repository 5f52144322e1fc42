/** What is run with a foreign peer, and what a run is worth: one row a scenario, one column a role. */

export interface Scenario {
  /** As the drivers of the peer call it. */
  readonly name: string;
  /** Arguments of `plugcharge secc` and `plugcharge ev`. */
  readonly secc: readonly string[];
  readonly ev: readonly string[];
  /** What our verdict must say. */
  readonly tls: boolean;
  readonly payment: "Contract" | "ExternalPayment";
  readonly protocol?: "DIN SPEC 70121";
}

export const scenarios: readonly Scenario[] = [
  { name: "ac-pnc", secc: ["--tls", "force"], ev: ["--scenario", "ac-pnc"], tls: true, payment: "Contract" },
  {
    name: "ac-pnc-certinstall",
    secc: ["--tls", "force", "--scenario", "cert-install"],
    ev: ["--scenario", "cert-install"],
    tls: true,
    payment: "Contract",
  },
  { name: "ac-eim", secc: [], ev: ["--scenario", "ac-eim", "--no-tls"], tls: false, payment: "ExternalPayment" },
  {
    name: "ac-eim-tls",
    // The peer's car pays by contract wherever TLS and contracts are offered.
    secc: ["--tls", "force", "--auth", "eim"],
    ev: ["--scenario", "ac-eim"],
    tls: true,
    payment: "ExternalPayment",
  },
  // The peer's charger names 40 V as its least and its most, measures 1 V, and takes longer than 25 ms for CurrentDemandRes.
  {
    name: "dc-pnc",
    secc: ["--tls", "force"],
    ev: ["--scenario", "dc-pnc", "--peer-quirks"],
    tls: true,
    payment: "Contract",
  },
  {
    name: "dc-eim",
    secc: [],
    ev: ["--scenario", "dc-eim", "--no-tls", "--peer-quirks"],
    tls: false,
    payment: "ExternalPayment",
  },
  {
    name: "din-dc-eim",
    secc: [],
    ev: ["--scenario", "din", "--peer-quirks"],
    tls: false,
    payment: "ExternalPayment",
    protocol: "DIN SPEC 70121",
  },
];

/** What a program had to say when it was over. */
export interface Ended {
  readonly lines: readonly string[];
  /** `null` when it had to be killed. */
  readonly exitCode: number | null;
}

export interface Run {
  readonly scenario: Scenario;
  readonly ours: Ended;
  readonly peer: Ended;
  /** Of the whole run, with the start of both programs. */
  readonly seconds: number;
}

export type Result =
  /** `ms`: from the first message of the session to the last. */
  | { readonly passed: true; readonly seconds: number; readonly ms: number }
  | { readonly passed: false; readonly seconds: number; readonly reason: string };

interface OurVerdict {
  readonly verdict: string;
  readonly reason: string;
  readonly tls: boolean;
  readonly protocol: string | null;
  readonly payment: string | null;
  readonly ms: number;
}

/** Passed is only what both sides call so, with the security and the payment that the scenario is about. */
export function judgeRun({ scenario, ours, peer, seconds }: Run): Result {
  const verdict = ourVerdict(ours.lines);
  const reason = faultOf(scenario, verdict, ours, peer);
  if (reason !== undefined || !verdict) return { passed: false, seconds, reason: reason ?? "no verdict" };
  return { passed: true, seconds, ms: verdict.ms };
}

function faultOf(scenario: Scenario, verdict: OurVerdict | undefined, ours: Ended, peer: Ended): string | undefined {
  const peerSays = `peer${ending(peer)}: ${peer.lines.findLast((line) => /^(PASS|FAIL) /.test(line)) ?? last(peer)}`;
  if (!verdict) return `ours${ending(ours)}: ${last(ours)}; ${peerSays}`;
  if (verdict.verdict !== "charged") return `ours: ${verdict.reason}; ${peerSays}`;
  if (verdict.tls !== scenario.tls) return `charged, but ${verdict.tls ? "with" : "without"} TLS`;
  const { protocol = "ISO 15118-2" } = scenario;
  if (verdict.protocol !== protocol) return `charged, but by ${verdict.protocol}`;
  if (verdict.payment !== scenario.payment) return `charged, but paid by ${verdict.payment}`;
  if (peer.exitCode !== 0) return peerSays;
  return ours.exitCode === 0 ? undefined : `charged, but ours did not end well${ending(ours)}`;
}

function last({ lines }: Ended): string {
  return lines.at(-1) ?? "said nothing";
}

function ending({ exitCode }: Ended): string {
  return exitCode === null ? " (killed after its time limit)" : ` (exit code ${exitCode})`;
}

function ourVerdict(lines: readonly string[]): OurVerdict | undefined {
  const line = lines.findLast((text) => text.startsWith('{"verdict":'));
  return line === undefined ? undefined : (JSON.parse(line) as OurVerdict);
}

export interface Row {
  readonly scenario: string;
  readonly secc: Result;
  readonly ev: Result;
}

/** What came of a run at a foreign CSMS. */
export interface ForeignCsmsRun {
  readonly scenario: string;
  /** One a message; those that failed say why. */
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly message: string;
  /** Absent when passed. */
  readonly reason?: string;
}

/** Tables, the reasons of what failed, and the count. */
export function report(rows: readonly Row[], runs: readonly ForeignCsmsRun[] = []): string {
  const results = rows.flatMap(({ secc, ev }) => [secc, ev]);
  const findings = runs.flatMap((run) => run.findings);
  const reasons = rows.flatMap(({ scenario, secc, ev }) => [
    ...reasonLine(`${scenario}, ours as SECC`, secc),
    ...reasonLine(`${scenario}, ours as EV`, ev),
  ]);
  const passed = results.filter((result) => result.passed).length + passedOf(findings);
  return [
    ...(rows.length > 0 ? tableOf(rows) : []),
    ...reasons,
    ...runs.flatMap(runLines),
    `${passed} passed, ${results.length + findings.length - passed} failed`,
  ].join("\n");
}

function tableOf(rows: readonly Row[]): string[] {
  const table = [
    ["scenario", "ours as SECC", "ours as EV"],
    ...rows.map(({ scenario, secc, ev }) => [scenario, cell(secc), cell(ev)]),
  ];
  const width = (column: number) => Math.max(...table.map((cells) => cells[column]?.length ?? 0));
  return table.map((cells) =>
    cells
      .map((text, column) => text.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}

function runLines({ scenario, findings }: ForeignCsmsRun): string[] {
  const failed = findings.flatMap(({ message, reason }) =>
    reason === undefined ? [] : [`FAILED ${scenario}, ${message}: ${reason}`],
  );
  return [`${scenario}  ${passedOf(findings)}/${findings.length}`, ...failed];
}

function passedOf(findings: readonly Finding[]): number {
  return findings.filter(({ reason }) => reason === undefined).length;
}

function cell(result: Result): string {
  return result.passed ? `passed (${(result.ms / 1000).toFixed(1)} s)` : "FAILED";
}

function reasonLine(which: string, result: Result): string[] {
  return result.passed ? [] : [`FAILED ${which}, after ${result.seconds.toFixed(0)} s: ${result.reason}`];
}
