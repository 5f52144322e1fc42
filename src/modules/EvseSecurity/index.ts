import { type CertificateStore, openStore, resolvePaths } from "../../evseSecurity/index.ts";
import { defineModule } from "../../framework/module.ts";
import type { Timer } from "../../util/clock.ts";
import { manifest } from "./manifest.ts";

/** EVerest's period for throwing away what is of no use. */
const GARBAGE_PERIOD_MS = 1200_000;

export const EvseSecurity = defineModule(manifest, async ({ config, env, provides, clock, log, ...ports }) => {
  const { private_key_password, leaf_choice, ...paths } = config;
  const store = await openStore({
    ...ports,
    clock,
    log,
    paths: resolvePaths(paths, env.certsDir),
    password: private_key_password,
    leafChoice: leaf_choice,
    onUpdate: (update) => provides.main.publish("certificate_store_update", update),
  });
  let timer: Timer | undefined;
  const arm = () => {
    timer = clock.setTimer(GARBAGE_PERIOD_MS, () => {
      store.collect_garbage().catch((error: Error) => log.error({ error: error.message }, "garbage not collected"));
      arm();
    });
  };
  return {
    provides: { main: commandsOf(store) },
    async ready() {
      arm();
      const problem = await store.explain_leaf({ certificate_type: "V2G" });
      if (problem) log.warn({}, `no TLS towards cars: ${problem.describe()}`);
    },
    async stop() {
      timer?.cancel();
      await store.settled();
    },
  };
});

function commandsOf(store: CertificateStore) {
  return {
    install_ca_certificate: store.install_ca_certificate.bind(store),
    delete_certificate: store.delete_certificate.bind(store),
    update_leaf_certificate: store.update_leaf_certificate.bind(store),
    verify_certificate: store.verify_certificate.bind(store),
    get_installed_certificates: store.get_installed_certificates.bind(store),
    get_v2g_ocsp_request_data: store.get_v2g_ocsp_request_data.bind(store),
    get_mo_ocsp_request_data: store.get_mo_ocsp_request_data.bind(store),
    update_ocsp_cache: store.update_ocsp_cache.bind(store),
    is_ca_certificate_installed: store.is_ca_certificate_installed.bind(store),
    generate_certificate_signing_request: store.generate_certificate_signing_request.bind(store),
    get_leaf_certificate_info: store.get_leaf_certificate_info.bind(store),
    get_all_valid_certificates_info: store.get_all_valid_certificates_info.bind(store),
    get_verify_file: store.get_verify_file.bind(store),
    get_verify_location: store.get_verify_location.bind(store),
    get_leaf_expiry_days_count: store.get_leaf_expiry_days_count.bind(store),
    verify_file_signature: store.verify_file_signature.bind(store),
  };
}
