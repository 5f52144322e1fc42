import { type Fault, faults, type MemberId } from "../../../src/pki/index.ts";

/** Faults of different members do not touch each other, so a PKI can show several; but a root may be above more than one. */
export function faultBatches(): (readonly Fault[])[] {
  const byMember = new Map<MemberId, Fault[]>();
  const isRootFault = ({ mark }: Fault) => mark === "unknownRoot";
  for (const fault of faults.filter((fault) => !isRootFault(fault)))
    byMember.set(fault.member, [...(byMember.get(fault.member) ?? []), fault]);
  const isSub = (member: MemberId) => /Sub/.test(member);
  const rows = (some: (readonly Fault[])[]) =>
    [...Array(Math.max(...some.map(({ length }) => length))).keys()].map((i) => some.flatMap((list) => list[i] ?? []));
  const lists = (sub: boolean) => [...byMember].filter(([member]) => isSub(member) === sub).map(([, list]) => list);
  return [...rows(lists(false)), ...rows(lists(true)), faults.filter(isRootFault)];
}
