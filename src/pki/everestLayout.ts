/** EVerest's tree below `certs`, with the file names its modules and its simulated car look for. */
import type { Audience, LayoutRow } from "./layout.ts";
import type { MemberId } from "./members.ts";

const both: readonly Audience[] = ["station", "car", "authority"];
const station: readonly Audience[] = ["station", "authority"];
const car: readonly Audience[] = ["car", "authority"];
const csms: readonly Audience[] = ["csms", "authority"];
const authority: readonly Audience[] = ["authority"];

/** Certificate, key and password of a leaf, with its chain. */
function leaf(
  folder: string,
  name: string,
  chainName: string,
  id: MemberId,
  audience: readonly Audience[],
): LayoutRow[] {
  return [
    { path: `${folder}/${name}.pem`, for: audience, content: { kind: "certificate", of: id } },
    { path: `${folder}/${name}.key`, for: audience, content: { kind: "key", of: id } },
    { path: `${folder}/${name}_PASSWORD.txt`, for: audience, content: { kind: "password" } },
    { path: `${folder}/${chainName}.pem`, for: audience, content: { kind: "chain", of: id } },
  ];
}

/** A sub-CA's certificate, and its key for those who issue. */
function subCa(ca: string, client: string, name: string, id: MemberId, audience: readonly Audience[]): LayoutRow[] {
  return [
    { path: `${ca}/${name}.pem`, for: audience, content: { kind: "certificate", of: id } },
    { path: `${ca}/${name}.der`, for: audience, content: { kind: "der", of: id } },
    { path: `${client}/${name}.key`, for: authority, content: { kind: "key", of: id } },
  ];
}

function rootKey(client: string, name: string, id: MemberId): LayoutRow {
  return { path: `${client}/${name}.key`, for: authority, content: { kind: "key", of: id } };
}

export const everestLayout: readonly LayoutRow[] = [
  { path: "ca/v2g/V2G_ROOT_CA.pem", for: both, content: { kind: "root", of: "v2g" } },
  { path: "ca/v2g/V2G_ROOT_CA.der", for: both, content: { kind: "rootDer", of: "v2g" } },
  rootKey("client/v2g", "V2G_ROOT_CA", "v2gRoot"),
  ...subCa("ca/cso", "client/cso", "CPO_SUB_CA1", "cpoSub1", station),
  ...subCa("ca/cso", "client/cso", "CPO_SUB_CA2", "cpoSub2", station),
  ...leaf("client/cso", "SECC_LEAF", "CPO_CERT_CHAIN", "secc", station),
  { path: "ca/mo/MO_ROOT_CA.pem", for: station, content: { kind: "root", of: "mo" } },
  { path: "ca/mo/MO_ROOT_CA.der", for: station, content: { kind: "rootDer", of: "mo" } },
  rootKey("client/mo", "MO_ROOT_CA", "moRoot"),
  ...subCa("ca/mo", "client/mo", "MO_SUB_CA1", "moSub1", car),
  ...subCa("ca/mo", "client/mo", "MO_SUB_CA2", "moSub2", car),
  { path: "ca/mo/INTERMEDIATE_MO_CA_CERTS.pem", for: car, content: { kind: "intermediates", of: "contract" } },
  ...leaf("client/mo", "MO_LEAF", "MO_CERT_CHAIN", "contract", car),
  { path: "client/mo/MO_LEAF.der", for: car, content: { kind: "der", of: "contract" } },
  { path: "ca/oem/OEM_ROOT_CA.pem", for: both, content: { kind: "root", of: "oem" } },
  { path: "ca/oem/OEM_ROOT_CA.der", for: both, content: { kind: "rootDer", of: "oem" } },
  rootKey("client/oem", "OEM_ROOT_CA", "oemRoot"),
  ...subCa("ca/oem", "client/oem", "OEM_SUB_CA1", "oemSub1", car),
  ...subCa("ca/oem", "client/oem", "OEM_SUB_CA2", "oemSub2", car),
  { path: "ca/oem/INTERMEDIATE_OEM_CA.pem", for: car, content: { kind: "intermediates", of: "oem" } },
  { path: "ca/oem/OEM_CERT_CHAIN.pem", for: car, content: { kind: "chain", of: "oem" } },
  ...leaf("client/oem", "OEM_LEAF", "OEM_CERT_CHAIN", "oem", car),
  { path: "client/oem/OEM_LEAF.der", for: car, content: { kind: "der", of: "oem" } },
  ...leaf("client/vehicle", "VEHICLE_LEAF", "VEHICLE_CERT_CHAIN", "vehicle", car),
  ...subCa("ca/cps", "client/cps", "CPS_SUB_CA1", "cpsSub1", csms),
  ...subCa("ca/cps", "client/cps", "CPS_SUB_CA2", "cpsSub2", csms),
  { path: "ca/cps/INTERMEDIATE_CPS_CA_CERTS.pem", for: csms, content: { kind: "intermediates", of: "cps" } },
  ...leaf("client/cps", "CPS_LEAF", "CPS_CERT_CHAIN", "cps", csms),
  { path: "client/cps/CPS_LEAF.der", for: csms, content: { kind: "der", of: "cps" } },
  { path: "ca/csms/CSMS_ROOT_CA.pem", for: ["station", "csms", "authority"], content: { kind: "root", of: "csms" } },
  { path: "ca/csms/CSMS_ROOT_CA.key", for: authority, content: { kind: "openKey", of: "csmsRoot" } },
  { path: "client/csms/CSMS_LEAF.pem", for: station, content: { kind: "certificate", of: "csmsClient" } },
  { path: "client/csms/CSMS_LEAF.key", for: station, content: { kind: "key", of: "csmsClient" } },
  { path: "CSMS_SERVER.pem", for: csms, content: { kind: "certificate", of: "csmsServer" } },
  { path: "CSMS_SERVER.key", for: csms, content: { kind: "openKey", of: "csmsServer" } },
  { path: "ca/mf/MF_ROOT_CA.pem", for: station, content: { kind: "root", of: "mf" } },
  { path: "ca/mf/MF_ROOT_CA.key", for: authority, content: { kind: "openKey", of: "mfRoot" } },
];
