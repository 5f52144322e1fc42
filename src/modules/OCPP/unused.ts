/** What of EVerest's configuration of OCPP 1.6 has no effect here. */
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import type { Key } from "../../chargePoint/v16/configuration/schema.ts";
import type { Unused } from "../ocppCommon/unused.ts";

/** Keys that OCPP only lets a station report, or that this one's hardware has no part for, are not among them. */
const keys: readonly { readonly key: Key; readonly harmless: readonly unknown[]; readonly because: string }[] = [
  {
    key: "LogMessagesFormat",
    harmless: ["log", "security", "session_logging", "callback"],
    because: "messages are written to libocpp.log only, and security events to the log of the station",
  },
  { key: "LogMessagesRaw", harmless: [false], because: "messages are kept without the passwords in them" },
  { key: "LogRotationDateSuffix", harmless: [false], because: "old files are numbered" },
  { key: "HostName", harmless: [], because: "the CSMS is dialled by CentralSystemURI" },
  {
    key: "AuthorizeConnectorZeroOnConnectorOne",
    harmless: [true],
    because: "connector 0 is never authorized by itself",
  },
  {
    key: "StopTransactionOnEVSideDisconnect",
    harmless: [true],
    because: "an EVSE ends a transaction when its car goes",
  },
  {
    key: "ConnectorSwitch3to1PhaseSupported",
    harmless: [false],
    because: "the energy management does not switch phases",
  },
  {
    key: "CertificateStoreMaxLength",
    harmless: [],
    because: "EvseSecurity's max_fs_certificate_store_entries says it",
  },
  { key: "CustomDisplayCostAndPrice", harmless: [false], because: "no session is priced here" },
];

export function unusedKeys(config: Configuration): Unused[] {
  return keys.map((one) => ({ ...one, value: config.value(one.key) }));
}
