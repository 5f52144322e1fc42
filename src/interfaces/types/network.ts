/** How the station reaches its CSMS: network interfaces, mobile access points (APN), VPNs; names of OCPP 2.0.1. */
import { z } from "zod";

export const InterfaceClass = z.enum([
  "Wired0",
  "Wired1",
  "Wired2",
  "Wired3",
  "Wireless0",
  "Wireless1",
  "Wireless2",
  "Wireless3",
  "Any",
]);
export type InterfaceClass = z.infer<typeof InterfaceClass>;

export const APN = z.strictObject({
  apn: z.string(),
  apn_user_name: z.string().exactOptional(),
  apn_password: z.string().exactOptional(),
  sim_pin: z.string().exactOptional(),
  preferred_network: z.string().exactOptional(),
  use_only_preferred_network: z.boolean().exactOptional(),
  apn_authentication: z.enum(["CHAP", "NONE", "PAP", "AUTO"]).exactOptional(),
});
export type APN = z.infer<typeof APN>;

export const VPN = z.strictObject({
  server: z.string(),
  user: z.string().exactOptional(),
  group: z.string().exactOptional(),
  password: z.string().exactOptional(),
  key: z.string().exactOptional(),
  type: z.enum(["IKEv2", "IPSec", "L2TP", "PPTP", "Other"]),
});
export type VPN = z.infer<typeof VPN>;

export const ConfigureNetworkRequest = z.strictObject({
  request_id: z.int(),
  interface: InterfaceClass,
  interface_name: z.string().exactOptional(),
  apn: APN.exactOptional(),
  vpn: VPN.exactOptional(),
});
export type ConfigureNetworkRequest = z.infer<typeof ConfigureNetworkRequest>;

export const ConfigureNetworkStatusEnum = z.enum(["Ready", "Processing", "Failed", "Rejected", "NotSupported"]);
export type ConfigureNetworkStatusEnum = z.infer<typeof ConfigureNetworkStatusEnum>;

export const ConfigureNetworkFinalStatusEnum = z.enum(["Ready", "Failed"]);
export type ConfigureNetworkFinalStatusEnum = z.infer<typeof ConfigureNetworkFinalStatusEnum>;

export const ConfigureNetworkResponse = z.strictObject({
  status: ConfigureNetworkStatusEnum,
  interface_address: z.string().exactOptional(),
});
export type ConfigureNetworkResponse = z.infer<typeof ConfigureNetworkResponse>;

export const ConfigureNetworkStatus = z.strictObject({
  request_id: z.int(),
  status: ConfigureNetworkFinalStatusEnum,
  interface_address: z.string().exactOptional(),
});
export type ConfigureNetworkStatus = z.infer<typeof ConfigureNetworkStatus>;
