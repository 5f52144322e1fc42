/** Policy processing of RFC 5280, 6.1, against OpenSSL where it is installed. */
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  CertificatePolicies,
  InhibitAnyPolicy,
  PolicyConstraints,
  PolicyInformation,
  PolicyMapping,
  PolicyMappings,
} from "@peculiar/asn1-x509";
import { expect, test } from "vitest";
import { type RawExtension, toPem, validatePath } from "../../src/x509/index.ts";
import { createLeaf, createRoot, createSub, noon } from "./authority.ts";
import { openssl, opensslTest } from "./openssl.ts";

const ANY = "2.5.29.32.0";
const [A, B] = ["1.2.3.1", "1.2.3.2"];

function extension(oid: string, critical: boolean, value: unknown): RawExtension {
  return { oid, critical, value: new Uint8Array(AsnConvert.serialize(value)) };
}
const policies = (...oids: string[]) =>
  extension(
    "2.5.29.32",
    false,
    new CertificatePolicies(oids.map((policyIdentifier) => new PolicyInformation({ policyIdentifier }))),
  );
function mapping(issuerDomainPolicy: string, subjectDomainPolicy: string): RawExtension {
  const pair = Object.assign(new PolicyMapping(), { issuerDomainPolicy, subjectDomainPolicy });
  return extension("2.5.29.33", true, new PolicyMappings([pair]));
}
const octet = (value: number) => new Uint8Array([value]).buffer;
const requireExplicit = (after: number, critical = true) =>
  extension("2.5.29.36", critical, new PolicyConstraints({ requireExplicitPolicy: octet(after) }));
const inhibitMapping = (after: number) =>
  extension(
    "2.5.29.36",
    true,
    new PolicyConstraints({ requireExplicitPolicy: octet(0), inhibitPolicyMapping: octet(after) }),
  );
const inhibitAny = (after: number) => extension("2.5.29.54", true, new InhibitAnyPolicy(octet(after)));

/** Extensions of sub-CA 1, sub-CA 2 and the leaf; whether the path holds. */
const cases: Readonly<Record<string, [RawExtension[], RawExtension[], RawExtension[], boolean]>> = {
  "no policies at all": [[], [], [], true],
  "different policies, none required": [[policies(A)], [policies(B)], [policies(A)], true],
  "a required policy all the way": [[policies(A), requireExplicit(0)], [policies(A)], [policies(A)], true],
  "a required policy that is lost in the middle": [[policies(A), requireExplicit(0)], [], [policies(A)], false],
  "another policy than the required one": [[policies(A), requireExplicit(0)], [policies(A)], [policies(B)], false],
  "a requirement that begins after the leaf": [[requireExplicit(3)], [], [], true],
  "a requirement that begins at the leaf": [[requireExplicit(1)], [], [], false],
  "anyPolicy stands for it": [[policies(A), requireExplicit(0)], [policies(ANY)], [policies(A)], true],
  "anyPolicy is inhibited": [[policies(A), requireExplicit(0), inhibitAny(0)], [policies(ANY)], [policies(A)], false],
  "a mapping": [[policies(A), requireExplicit(0)], [policies(A), mapping(A, B)], [policies(B)], true],
  "a mapping that is inhibited": [[policies(A), inhibitMapping(0)], [policies(A), mapping(A, B)], [policies(B)], false],
  "a mapping of anyPolicy": [[policies(A)], [policies(A), mapping(ANY, B)], [policies(B)], false],
  "a leaf that asks for a policy it lacks": [[], [], [requireExplicit(0)], false],
  "constraints that are not critical": [[], [requireExplicit(5, false)], [], false],
};

async function build([first, second, last]: (typeof cases)[string]) {
  const root = await createRoot("Root");
  const sub1 = await createSub(root, "Sub 1", { extensions: first });
  const sub2 = await createSub(sub1, "Sub 2", { extensions: second });
  const leaf = await createLeaf(sub2, "Leaf", { extensions: last });
  return { root: root.certificate, subs: [sub1.certificate, sub2.certificate], leaf: leaf.certificate };
}

test.each(Object.entries(cases))("Given %s, Then the path is judged by its policies", async (_, wanted) => {
  const { root, subs, leaf } = await build(wanted);
  const verdict = validatePath({ leaf, intermediates: subs, anchors: [root], time: noon });
  expect(verdict.ok ? "ok" : verdict.reason).toBe(wanted[3] ? "ok" : "policy");
});

opensslTest("openssl says the same of these paths", async () => {
  for (const [name, wanted] of Object.entries(cases)) {
    if (name.includes("not critical")) continue;
    const { root, subs, leaf } = await build(wanted);
    const files = { "root.pem": toPem(root), "subs.pem": toPem(...subs), "leaf.pem": toPem(leaf) };
    const args = `verify -policy_check -policy 2.5.29.32.0 -attime ${noon / 1000} -CAfile root.pem -untrusted subs.pem leaf.pem`;
    expect(openssl(files, args.split(" ")).ok, name).toBe(wanted[3]);
  }
});
