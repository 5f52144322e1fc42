/** The CSMS keeps a list of tags at the station (OCPP 1.6, 4.7, 5.10, 5.15). */
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { LocalList } from "./tokens.ts";

/** There is no list here (5.10). */
const NO_LIST = -1;

export class LocalListBlock implements Block {
  readonly #core: Core;
  readonly #list: LocalList;

  constructor(core: Core, list: LocalList) {
    this.#core = core;
    this.#list = list;
  }

  readonly handlers: Handlers = {
    GetLocalListVersion: () => {
      if (!this.enabled) return { listVersion: NO_LIST };
      return { listVersion: this.#list.size === 0 ? 0 : this.#list.version };
    },
    SendLocalList: (request) => {
      if (!this.enabled) return { status: "NotSupported" };
      const { config } = this.#core;
      const perMessage = config.value("SendLocalListMaxLength") ?? 0;
      const inAll = config.value("LocalAuthListMaxLength") ?? 0;
      const tooMany = (request.localAuthorizationList?.length ?? 0) > perMessage;
      if (tooMany || this.#list.sizeAfter(request) > inAll) return { status: "Failed" };
      return { status: this.#list.apply(request) };
    },
  };

  get enabled(): boolean {
    const { config } = this.#core;
    return config.has("LocalAuthListManagement") && config.value("LocalAuthListEnabled") === true;
  }
}
