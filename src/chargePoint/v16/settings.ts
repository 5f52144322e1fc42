/** The CSMS reads and changes configuration keys (OCPP 1.6, 5.3, 5.8). */
import type {
  ChangeConfigurationRequest,
  ChangeConfigurationResponse,
  GetConfigurationRequest,
  GetConfigurationResponse,
} from "../../ocpp/v16/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { inBackground } from "../block.ts";
import type { Key } from "./configuration/schema.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { SecurityProfile } from "./securityProfile.ts";

/** Keys that other modules of the station go by. */
const shared: readonly string[] = [
  "ConnectionTimeOut",
  "ISO15118PnCEnabled",
  "ISO15118CertificateManagementEnabled",
  "CentralContractValidationAllowed",
] satisfies Key[];

export class Settings implements Block {
  readonly #core: Core;
  readonly #securityProfile: SecurityProfile;

  constructor(core: Core, securityProfile: SecurityProfile) {
    const { config, station } = core;
    this.#core = core;
    this.#securityProfile = securityProfile;
    config.onChange(({ key }) => {
      if (shared.includes(key)) inBackground(core, "handing on settings", () => station.applySettings());
    });
  }

  readonly handlers: Handlers = {
    GetConfiguration: (request) => this.#get(request),
    ChangeConfiguration: (request, afterwards) => this.change(request, afterwards),
  };

  /** @param afterwards takes what is to be done once the answer has gone out. */
  async change(
    { key, value }: ChangeConfigurationRequest,
    afterwards: Afterwards,
  ): Promise<ChangeConfigurationResponse> {
    const { config, station } = this.#core;
    const name = key.toLowerCase();
    if (name === "securityprofile") return { status: await this.#securityProfile.change(value, afterwards) };
    const status = await config.set(key, value);
    const profile = config.value("SecurityProfile");
    // Once more with the new password, so that a wrong one shows at once.
    if (status === "Accepted" && name === "authorizationkey" && (profile === 1 || profile === 2)) {
      afterwards(() => station.reconnect());
    }
    return { status };
  }

  #get({ key: wanted }: GetConfigurationRequest): GetConfigurationResponse {
    const { config } = this.#core;
    if (!wanted || wanted.length === 0) return { configurationKey: config.all() };
    const most = config.value("GetConfigurationMaxKeys");
    if (wanted.length > most) {
      throw new RpcError("OccurenceConstraintViolation", `at most ${most} keys can be asked for at once`);
    }
    const configurationKey = wanted.flatMap((name) => config.get(name) ?? []);
    const unknownKey = wanted.filter((name) => config.get(name) === undefined);
    return { configurationKey, ...(unknownKey.length > 0 ? { unknownKey } : {}) };
  }
}
