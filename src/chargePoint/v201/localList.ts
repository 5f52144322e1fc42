/** Functional block D of OCPP 2.0.1: the CSMS keeps a list of tokens at the station. */
import { RpcError } from "../../rpc/errors.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { LocalList } from "./tokens.ts";

export class LocalListBlock implements Block {
  readonly #core: Core;
  readonly #list: LocalList;

  constructor(core: Core, list: LocalList) {
    this.#core = core;
    this.#list = list;
    core.model.show("LocalAuthListCtrlr.Entries", String(list.size));
  }

  readonly handlers: Handlers = {
    GetLocalListVersion: () => ({ versionNumber: this.#enabled ? this.#list.version : 0 }),
    SendLocalList: (request) => {
      if (!this.#enabled) return { status: "Failed" };
      const limit = this.#core.model.value("LocalAuthListCtrlr.ItemsPerMessage");
      if (limit !== undefined && (request.localAuthorizationList?.length ?? 0) > limit) {
        throw new RpcError("OccurenceConstraintViolation", `more than ${limit} entries (ItemsPerMessage)`);
      }
      const status = this.#list.apply(request);
      this.#core.model.show("LocalAuthListCtrlr.Entries", String(this.#list.size));
      return { status };
    },
  };

  get #enabled(): boolean {
    return this.#core.model.value("LocalAuthListCtrlr.Enabled") === true;
  }
}
