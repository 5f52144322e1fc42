/** The tree of EcoG's iso15118 below PKI_PATH; its code reads `iso15118_2` for both editions of the standard. */
import type { Audience, LayoutRow } from "./layout.ts";
import type { MemberId } from "./members.ts";

const everyone: readonly Audience[] = ["station", "car", "csms", "authority"];
const certs = "iso15118_2/certs";
const keys = "iso15118_2/private_keys";

function certificate(name: string, id: MemberId): LayoutRow[] {
  return [
    { path: `${certs}/${name}.pem`, for: everyone, content: { kind: "certificate", of: id } },
    { path: `${certs}/${name}.der`, for: everyone, content: { kind: "der", of: id } },
  ];
}

function root(name: string, trust: "v2g" | "mo" | "oem", id: MemberId): LayoutRow[] {
  return [
    { path: `${certs}/${name}CACert.pem`, for: everyone, content: { kind: "root", of: trust } },
    { path: `${certs}/${name}CACert.der`, for: everyone, content: { kind: "rootDer", of: trust } },
    { path: `${keys}/${name}CA.key`, for: ["authority"], content: { kind: "key", of: id } },
  ];
}

/** @param passwordFile its first line is the password; an empty file says that there is none. */
function key(name: string, passwordFile: string, id: MemberId): LayoutRow[] {
  return [
    { path: `${keys}/${name}.key`, for: everyone, content: { kind: "key", of: id } },
    { path: `${keys}/${passwordFile}.txt`, for: everyone, content: { kind: "passwordLine" } },
  ];
}

function hierarchy(name: string, sub1: MemberId, sub2: MemberId): LayoutRow[] {
  return [...certificate(`${name}SubCA1Cert`, sub1), ...certificate(`${name}SubCA2Cert`, sub2)];
}

function leaf(name: string, id: MemberId): LayoutRow[] {
  return [...certificate(`${name}LeafCert`, id), ...key(`${name}Leaf`, `${name}LeafPassword`, id)];
}

export const ecogLayout: readonly LayoutRow[] = [
  ...root("v2gRoot", "v2g", "v2gRoot"),
  ...hierarchy("cpo", "cpoSub1", "cpoSub2"),
  ...leaf("secc", "secc"),
  { path: `${certs}/cpoCertChain.pem`, for: everyone, content: { kind: "chain", of: "secc" } },
  ...root("moRoot", "mo", "moRoot"),
  ...hierarchy("mo", "moSub1", "moSub2"),
  ...leaf("contract", "contract"),
  { path: `${certs}/moCertChain.pem`, for: everyone, content: { kind: "chain", of: "contract" } },
  ...key("moSubCA2", "moSubCA2LeafPassword", "moSub2"),
  ...root("oemRoot", "oem", "oemRoot"),
  ...hierarchy("oem", "oemSub1", "oemSub2"),
  ...leaf("oem", "oem"),
  { path: `${certs}/oemCertChain.pem`, for: everyone, content: { kind: "chain", of: "oem" } },
  ...hierarchy("cps", "cpsSub1", "cpsSub2"),
  ...leaf("cps", "cps"),
  { path: `${certs}/cpsCertChain.pem`, for: everyone, content: { kind: "chain", of: "cps" } },
];
