import { defineModule } from "../../framework/module.ts";
import { UserError } from "../../util/errors.ts";
import { manifest } from "./manifest.ts";
import { parseToken } from "./token.ts";

export const DummyTokenProviderManual = defineModule(manifest, (ctx) => {
  const { implConfig, externalMqtt, moduleId, provides, log } = ctx;
  const topic = implConfig.main.mqtt_topic || `everest_api/${moduleId}/cmd/provide`;
  log.info({ topic }, `tokens are taken on ${topic}`);
  externalMqtt.subscribe(topic, (payload) => {
    try {
      const token = parseToken(payload);
      log.info({ authorization_type: token.authorization_type }, "a token is shown");
      provides.main.publish("provided_token", token);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.error({ topic }, error.describe());
    }
  });
  return { provides: { main: {} } };
});
