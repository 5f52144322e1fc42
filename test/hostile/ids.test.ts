import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ids } from "./ids.ts";

/** Rows of the list that are about ISO 15118-2, SDP or TLS. */
const due = [
  ...["A01", "A02", "A03", "A04", "A05", "A06", "A08", "A09", "A10", "A11", "A13", "A14", "A16", "A17", "A18"],
  ...["A24", "A27", "B01", "B02", "B05", "B06", "B08", "B09", "B10", "B12", "B13"],
  ...["C01", "C02", "C03", "C04", "C05", "C06"],
];

test("every row has a proof", () => {
  expect(Object.keys(ids)).toEqual(due);
});

test.each(Object.entries(ids))("%s: its tests are there", (_id, { proofs }) => {
  expect(proofs.length).toBeGreaterThan(0);
  for (const { file, title } of proofs) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
    expect(text.includes(title), `${file}: ${title}`).toBe(true);
  }
});
