/** Where the CSMS is: the network connection profiles, and what may be changed of them (OCPP 2.0.1 part 2, B09, B10, A05). */
import { z } from "zod";
import { UserError } from "../../util/errors.ts";
import type { DeviceModel, Guard } from "../deviceModel/deviceModel.ts";
import type { NetworkProfile } from "../networkProfile.ts";

const profileList = z.array(
  z.object({
    configurationSlot: z.int(),
    connectionData: z.object({
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
