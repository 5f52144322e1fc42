/** Where the CSMS of OCPP 1.6 can be reached: by the keys, and by other slots of a device model. */
import type { DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import type { NetworkProfile } from "../../chargePoint/networkProfile.ts";
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import { passwordOf } from "../../chargePoint/v16/password.ts";
import { UserError } from "../../util/errors.ts";

/** @throws UserError when URL or password are missing or wrong. */
export function networkProfile(config: Configuration, slot = 1): NetworkProfile {
  const securityProfile = config.value("SecurityProfile") as NetworkProfile["securityProfile"];
  const authorizationKey = config.value("AuthorizationKey");
  if ((securityProfile === 1 || securityProfile === 2) && authorizationKey === undefined) {
    throw new UserError(`security profile ${securityProfile} needs a password`, {
      key: "Security.AuthorizationKey",
      fix: "Give the password that the CSMS knows for this station, or set Security.SecurityProfile to 0 or 3.",
    });
  }
  return {
    slot,
    url: urlOf(config.value("CentralSystemURI"), securityProfile),
    securityProfile,
    identity: config.value("ChargePointId"),
    password: authorizationKey === undefined ? "" : passwordOf(authorizationKey),
  };
}

/**
 * The profile of the keys among those of the other slots, in the order of NetworkConfigurationPriority. Left out is what has no
 * URL, is for another version of OCPP, or is less secure than the profile of the keys.
 */
export function profilesInPriority(model: DeviceModel, own: NetworkProfile): NetworkProfile[] {
  const names = model.value("OCPPCommCtrlr.NetworkConfigurationPriority") ?? [];
  const listed = names.includes(String(own.slot)) ? names : [String(own.slot), ...names];
  return listed.flatMap((name) => (name === String(own.slot) ? [own] : profileAt(model, name, own)));
}

function profileAt(model: DeviceModel, instance: string, own: NetworkProfile): NetworkProfile[] {
  const at = (name: string) => {
    const found = model.find({ name: "NetworkConfiguration", instance }, { name });
    return (found.status === "Accepted" && model.text(found.place, "Actual")) || undefined;
  };
  const url = at("OcppCsmsUrl");
  const securityProfile = Number(at("SecurityProfile") ?? own.securityProfile) as NetworkProfile["securityProfile"];
  const isFor16 = (at("OcppVersion") ?? "OCPP16") === "OCPP16";
  if (url === undefined || !isFor16 || securityProfile < own.securityProfile) return [];
  const password = at("BasicAuthPassword");
  return [
    {
      ...{ slot: Number(instance), url: urlOf(url, securityProfile), securityProfile },
      identity: at("Identity") ?? own.identity,
      password: password === undefined ? own.password : passwordOf(password),
    },
  ];
}

/** The security profile says whether it is `ws` or `wss`; EVerest's files often have neither. */
function urlOf(uri: string, securityProfile: number): string {
  const [, rest = uri] = /^wss?:\/\/(.+)$/.exec(uri) ?? [];
  const url = `${securityProfile >= 2 ? "wss" : "ws"}://${rest}`;
  if (!rest.includes("://") && URL.canParse(url)) return url;
  throw new UserError(`'${uri}' is no address of a CSMS`, {
    key: "Internal.CentralSystemURI",
    expected: "host:port/path",
    fix: "Correct it, for example to 127.0.0.1:9000.",
  });
}
