/** Where the CSMS is: the network connection profiles, and what may be changed of them (OCPP 2.0.1 part 2, B09, B10, A05). */
import { z } from "zod";
import type { SetNetworkProfileRequest, StatusInfoType } from "../../ocpp/v201/messages.generated.ts";
import { UserError } from "../../util/errors.ts";
import type { DeviceModel, Guard } from "../deviceModel/deviceModel.ts";
import type { NetworkProfile } from "../networkProfile.ts";
import type { Block, Core } from "./core.ts";

/** What else a profile says is kept as it came. */
const profileList = z.array(
  z.object({
    configurationSlot: z.int(),
    connectionData: z.looseObject({
      ocppCsmsUrl: z.string().min(1).max(512),
      securityProfile: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
    }),
  }),
);

const KEY = "InternalCtrlr.NetworkConnectionProfiles";
const fix = `Correct InternalCtrlr.NetworkConnectionProfiles and OCPPCommCtrlr.NetworkConfigurationPriority.`;

/**
 * The profiles in the order of OCPPCommCtrlr.NetworkConfigurationPriority; at least one.
 *
 * @throws UserError when the JSON is wrong or a slot named there has no profile.
 */
export function networkProfiles(model: DeviceModel): NetworkProfile[] {
  const profiles = readProfiles(model.value(KEY) ?? "");
  const priority = model.value("OCPPCommCtrlr.NetworkConfigurationPriority") ?? [];
  const found = priority.map((name) => {
    const profile = profiles.find(({ configurationSlot }) => String(configurationSlot) === name);
    if (!profile) {
      throw new UserError(`there is no network connection profile for slot ${name}`, { key: KEY, fix });
    }
    return {
      slot: profile.configurationSlot,
      url: profile.connectionData.ocppCsmsUrl,
      securityProfile: profile.connectionData.securityProfile,
      identity: model.value("SecurityCtrlr.Identity") ?? "",
      password: model.value("SecurityCtrlr.BasicAuthPassword") ?? "",
    };
  });
  if (found.length === 0) throw new UserError("no network connection profile is in use", { key: KEY, fix });
  return found.map((profile) => allowed(model, profile));
}

function readProfiles(text: string): z.infer<typeof profileList> {
  try {
    return profileList.parse(JSON.parse(text));
  } catch (error) {
    const expected = "a JSON list of {configurationSlot, connectionData: {ocppCsmsUrl, securityProfile, …}}";
    const message = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : "it is no JSON";
    throw new UserError(`the network connection profiles cannot be read: ${message}`, { key: KEY, expected, fix });
  }
}

/** How many profiles there may be. */
const MOST_PROFILES = 10;

/** Takes a profile into its slot, for the next connection that has its turn there (B09). */
export function networkProfileBlock({ model }: Core): Block {
  return {
    handlers: {
      SetNetworkProfile: (request) => {
        const statusInfo = refusalOf(request, model);
        if (statusInfo) return { status: "Rejected", statusInfo };
        const others = readProfiles(model.value(KEY) ?? "[]").filter(
          ({ configurationSlot }) => configurationSlot !== request.configurationSlot,
        );
        if (others.length >= MOST_PROFILES)
          return { status: "Rejected", statusInfo: { reasonCode: "TooManyElements" } };
        const { configurationSlot, connectionData } = request;
        // There is neither modem nor VPN here, and their passwords would be told with the variable.
        const { apn: _apn, vpn: _vpn, ...kept } = connectionData;
        const profiles = [...others, { configurationSlot, connectionData: kept }];
        const place = { component: { name: "InternalCtrlr" }, variable: { name: "NetworkConnectionProfiles" } };
        const set = model.set(place.component, place.variable, "Actual", JSON.stringify(profiles), "csms");
        return set.status === "Accepted"
          ? { status: "Accepted" }
          : { status: "Failed", ...(set.info ? { statusInfo: set.info } : {}) };
      },
    },
  };
}

/** Why a profile is not taken: it could never work, or is less secure than the connection over which it comes (B09.FR.04). */
function refusalOf({ configurationSlot, connectionData }: SetNetworkProfileRequest, model: DeviceModel) {
  const { ocppCsmsUrl, ocppTransport, ocppVersion, securityProfile } = connectionData;
  const refused = (reasonCode: string, additionalInfo: string): StatusInfoType => ({ reasonCode, additionalInfo });
  if (configurationSlot < 0) return refused("InvalidValue", "a slot is 0 or more");
  if (ocppTransport !== "JSON") return refused("InvalidNetworkConf", "only JSON is spoken here");
  if (ocppVersion !== "OCPP20") return refused("InvalidNetworkConf", "only OCPP 2.0.1 is spoken here");
  if (securityProfile < 0 || securityProfile > 3)
    return refused("InvalidNetworkConf", "there is no such security profile");
  if (securityProfile < (model.value("SecurityCtrlr.SecurityProfile") ?? 0)) {
    return refused("NoSecurityDowngrade", "the security profile is lower than that in use");
  }
  const scheme = securityProfile >= 2 ? "wss:" : "ws:";
  if (URL.canParse(ocppCsmsUrl) && new URL(ocppCsmsUrl).protocol === scheme) return undefined;
  return refused("InvalidURL", `security profile ${securityProfile} needs a URL of the form ${scheme}//host:port/path`);
}

function allowed(model: DeviceModel, profile: NetworkProfile): NetworkProfile {
  const unsecured = profile.securityProfile === 0;
  if (unsecured && model.value("InternalCtrlr.AllowSecurityLevelZeroConnections") !== true) {
    throw new UserError(`security profile 0 of slot ${profile.slot} is not allowed`, {
      key: KEY,
      fix: "Use profile 1 or higher, or set InternalCtrlr.AllowSecurityLevelZeroConnections to true.",
    });
  }
  return profile;
}

/** Refuses changes that would cut the station off: of profiles in use, or a priority that names an empty slot. */
export const networkGuard: Guard = ({ address, place, value }, model) => {
  const inUse = model.value("OCPPCommCtrlr.NetworkConfigurationPriority") ?? [];
  if (place.component.name === "NetworkConfiguration" && inUse.includes(place.component.instance ?? "")) {
    return { reasonCode: "PriorityNetworkConf", additionalInfo: "the slot is in use" };
  }
  if (address !== "OCPPCommCtrlr.NetworkConfigurationPriority") return undefined;
  const slots = readProfiles(model.value(KEY) ?? "").map(({ configurationSlot }) => String(configurationSlot));
  const empty = value.split(",").find((slot) => !slots.includes(slot.trim()));
  return empty === undefined
    ? undefined
    : { reasonCode: "InvalidNetworkConf", additionalInfo: `slot ${empty} is empty` };
};
