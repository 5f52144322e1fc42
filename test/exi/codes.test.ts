/** Numbers of names and their codes, as EXIficient derives them from the XSDs. They fix every width. */
import { describe, expect, it } from "vitest";
import { Codec } from "../../src/exi/codec.ts";
import type { Names } from "../../src/exi/names.ts";
import { sets } from "./vectors.ts";

function namesOf(schema: string): Names {
  const set = sets[schema];
  if (!(set instanceof Codec)) throw new RangeError(schema);
  return set.names;
}

const code = (names: readonly { name: string }[], name: string) => names.findIndex((entry) => entry.name === name);

describe.each([
  ["app-protocol", 2, 2, 9, 4],
  ["iso-2", 80, 7, 243, 8],
  ["din", 81, 7, 245, 8],
  ["xmldsig", 24, 5, 45, 6],
] as const)("%s", (schema, documents, documentWidth, fragments, fragmentWidth) => {
  it(`has ${documents} documents and ${fragments} fragments`, () => {
    const names = namesOf(schema);
    expect([names.documents.length, names.documentWidth]).toEqual([documents, documentWidth]);
    expect([names.fragments.length, names.fragmentWidth]).toEqual([fragments, fragmentWidth]);
  });
});

describe("codes", () => {
  it.each([
    ["app-protocol", "supportedAppProtocolReq", 0],
    ["app-protocol", "supportedAppProtocolRes", 1],
    ["iso-2", "V2G_Message", 76],
    ["din", "V2G_Message", 77],
  ])("of documents: %s %s is %i", (schema, name, expected) => {
    expect(code(namesOf(schema).documents, name)).toBe(expected);
  });

  it.each([
    ["iso-2", "AuthorizationReq", 4],
    ["iso-2", "CertificateInstallationReq", 15],
    ["iso-2", "CertificateUpdateReq", 17],
    ["iso-2", "ContractSignatureCertChain", 33],
    ["iso-2", "ContractSignatureEncryptedPrivateKey", 34],
    ["iso-2", "DHpublickey", 45],
    ["iso-2", "MeteringReceiptReq", 121],
    ["iso-2", "SalesTariff", 174],
    ["iso-2", "SignedInfo", 208],
    ["iso-2", "eMAID", 236],
    ["xmldsig", "SignedInfo", 32],
  ])("of fragments: %s %s is %i", (schema, name, expected) => {
    expect(code(namesOf(schema).fragments, name)).toBe(expected);
  });
});
