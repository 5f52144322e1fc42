/** Cases after RFC 5280, 4.2.1.10, with the traps of CVE-2025-61727 (wildcards against excluded subtrees). */
import { describe, expect, test } from "vitest";
import { type AltNameTemplate, nameConstraints, subjectAltName, validatePath } from "../../src/x509/index.ts";
import { createLeaf, createRoot, noon } from "./authority.ts";

const ip = (...octets: number[]) => ({ ip: new Uint8Array(octets) });
const mask24 = ip(192, 0, 2, 0, 255, 255, 255, 0);

/** [kind of subtree, its base, a leaf's name, whether the leaf is allowed]. */
const cases: readonly [string, "permitted" | "excluded", AltNameTemplate, AltNameTemplate, boolean][] = [
  ["the same host", "permitted", { dns: "example.com" }, { dns: "example.com" }, true],
  ["a host below", "permitted", { dns: "example.com" }, { dns: "a.b.Example.COM" }, true],
  ["a host that only ends alike", "permitted", { dns: "example.com" }, { dns: "badexample.com" }, false],
  ["a wildcard below", "permitted", { dns: "example.com" }, { dns: "*.example.com" }, true],
  ["a wildcard around", "permitted", { dns: "a.example.com" }, { dns: "*.example.com" }, false],
  ["an excluded host", "excluded", { dns: "example.com" }, { dns: "a.example.com" }, false],
  ["a host beside", "excluded", { dns: "example.com" }, { dns: "example.org" }, true],
  ["a wildcard that may be the excluded host", "excluded", { dns: "a.example.com" }, { dns: "*.example.com" }, false],
  ["a leading dot in the subtree", "permitted", { dns: ".example.com" }, { dns: "a.example.com" }, false],
  ["a wildcard in the subtree", "permitted", { dns: "*.example.com" }, { dns: "a.example.com" }, false],
  ["a name that is no host", "permitted", { dns: "example.com" }, { dns: "a..example.com" }, false],
  ["another kind of name", "permitted", { dns: "example.com" }, { email: "a@example.org" }, true],
  ["an address inside", "permitted", mask24, ip(192, 0, 2, 7), true],
  ["an address outside", "permitted", mask24, ip(192, 0, 3, 7), false],
  ["an address of the other family", "permitted", mask24, ip(...Array(16).fill(1)), false],
  ["an excluded address", "excluded", mask24, ip(192, 0, 2, 7), false],
  ["a mask with holes", "permitted", ip(192, 0, 2, 0, 255, 0, 255, 0), ip(192, 0, 2, 7), false],
  ["a mailbox of the host", "permitted", { email: "example.com" }, { email: "a@example.com" }, true],
  ["a mailbox of a host below", "permitted", { email: "example.com" }, { email: "a@b.example.com" }, false],
  ["a mailbox of a domain", "permitted", { email: ".example.com" }, { email: "a@b.example.com" }, true],
  ["the very mailbox", "permitted", { email: "a@example.com" }, { email: "a@example.com" }, true],
  ["another mailbox", "permitted", { email: "a@example.com" }, { email: "b@example.com" }, false],
  ["an e-mail that is none", "permitted", { email: "example.com" }, { email: "example.com" }, false],
  ["a URI's host", "permitted", { uri: "example.com" }, { uri: "https://u@example.com:1/x" }, true],
  ["a URI's domain", "permitted", { uri: ".example.com" }, { uri: "https://a.example.com/" }, true],
  ["a URI of an address", "permitted", { uri: "example.com" }, { uri: "https://192.0.2.1/" }, false],
  ["a URI without host", "excluded", { uri: "example.com" }, { uri: "urn:x:y" }, false],
  [
    "a directory name below",
    "permitted",
    { directory: { C: "DE", O: "A" } },
    { directory: { C: "de", O: "a", CN: "x" } },
    true,
  ],
  [
    "a directory name beside",
    "permitted",
    { directory: { C: "DE", O: "A" } },
    { directory: { C: "DE", O: "B" } },
    false,
  ],
  ["an excluded directory name", "excluded", { directory: { C: "DE" } }, { directory: { C: "DE", CN: "x" } }, false],
];

test.each(cases)("Given %s against a %s subtree, Then %o meets %o: %s", async (_, kind, base, name, allowed) => {
  const root = await createRoot("Root", { subject: { CN: "Root" }, extensions: [nameConstraints({ [kind]: [base] })] });
  const subject = "directory" in name ? name.directory : {};
  const names = "directory" in name ? [] : [subjectAltName([name], true)];
  const leaf = await createLeaf(root, "Leaf", { subject, extensions: names });
  const verdict = validatePath({
    leaf: leaf.certificate,
    intermediates: [],
    anchors: [root.certificate],
    time: noon,
  });
  expect(verdict.ok ? true : verdict.reason).toBe(allowed ? true : "name_constraints");
});

describe("Given name constraints and a subject", () => {
  test("Then an emailAddress in it counts while no alternative name is an e-mail", async () => {
    const constraints = nameConstraints({ permitted: [{ email: "example.com" }] });
    const root = await createRoot("Root", { extensions: [constraints] });
    const judge = async (emailAddress: string, names: readonly AltNameTemplate[]) => {
      const extensions = names.length > 0 ? [subjectAltName(names)] : [];
      const { certificate } = await createLeaf(root, "Leaf", { subject: { CN: "x", emailAddress }, extensions });
      return validatePath({ leaf: certificate, intermediates: [], anchors: [root.certificate], time: noon }).ok;
    };
    expect(await judge("a@example.com", [])).toBe(true);
    expect(await judge("a@example.org", [])).toBe(false);
    expect(await judge("a@example.org", [{ email: "a@example.com" }])).toBe(true);
  });
});
