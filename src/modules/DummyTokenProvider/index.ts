import { defineModule } from "../../framework/module.ts";
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import { DEFAULT_TIMEOUT_S, manifest } from "./manifest.ts";

export const DummyTokenProvider = defineModule(manifest, ({ implConfig, requires, provides, log }) => {
  const { token, type, connector_id, timeout } = implConfig.main;
  if (timeout !== DEFAULT_TIMEOUT_S) log.warn({ timeout }, "timeout has no effect: Auth's connection_timeout decides");
  const id_token = { value: token, type: "ISO14443" } as const;
  const card: ProvidedIdToken = {
    ...{ id_token, parent_id_token: id_token, authorization_type: type },
    ...(connector_id > 0 && { connectors: [connector_id] }),
  };
  for (const evse of requires.evse) {
    evse.subscribe("session_event", ({ event }) => {
      if (event !== "SessionStarted") return;
      log.info({}, "a session has begun: the card of the configuration is shown");
      provides.main.publish("provided_token", card);
    });
  }
  return { provides: { main: {} } };
});
