/** The station's own certificates: which there are, which has a key, which to use. */
import type { Certificate } from "../x509/index.ts";
import type { CertificateFile } from "./certificateFiles.ts";

/** A leaf with the files that hold it. */
export interface Leaf {
  readonly certificate: Certificate;
  /** What lies behind the leaf in its file, the longest if there are several. */
  readonly chain: readonly Certificate[];
  /** The file with leaf and sub-CAs. */
  readonly chainFile?: string;
  /** The file with the leaf alone. */
  readonly singleFile?: string;
  readonly files: readonly string[];
}

/** How to choose among several valid leaves: by the latest notBefore, as OCPP asks (A02.FR.09), or the latest notAfter. */
export type LeafChoice = "newest" | "longest";

/** One entry for each leaf of a folder, whatever number of files it is in. A file whose first certificate is a CA has none. */
export function groupLeaves(files: readonly CertificateFile[]): Leaf[] {
  const groups = new Map<string, CertificateFile[]>();
  for (const file of files) {
    const [leaf] = file.certificates;
    if (!leaf || leaf.isCa) continue;
    groups.set(leaf.fingerprint, [...(groups.get(leaf.fingerprint) ?? []), file]);
  }
  return [...groups.values()].flatMap((group) => {
    const chain = group.reduce((a, b) => (b.certificates.length > a.certificates.length ? b : a));
    const [certificate, ...rest] = chain.certificates;
    if (!certificate) return [];
    const singles = group.filter(({ certificates }) => certificates.length === 1);
    // whoever opens the file expects PEM
    const single = singles.find(({ path }) => path.endsWith(".pem")) ?? singles[0];
    return [
      {
        certificate,
        chain: rest,
        ...(rest.length > 0 && { chainFile: chain.path }),
        ...(single && { singleFile: single.path }),
        files: group.map(({ path }) => path),
      },
    ];
  });
}

/** The one to use first; where both dates are the same, the name of the file decides, so that the answer does not change. */
export function orderLeaves<T extends Leaf>(leaves: readonly T[], choice: LeafChoice): T[] {
  const by = choice === "newest" ? (["notBefore", "notAfter"] as const) : (["notAfter", "notBefore"] as const);
  return leaves.toSorted((a, b) => {
    for (const date of by) {
      const difference = b.certificate[date] - a.certificate[date];
      if (difference !== 0) return difference;
    }
    return (a.files[0] ?? "").localeCompare(b.files[0] ?? "");
  });
}

export function isValidAt({ certificate }: Leaf, time: number): boolean {
  return certificate.notBefore <= time && time <= certificate.notAfter;
}
