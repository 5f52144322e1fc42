import { z } from "zod";
import { defaultPaths } from "../../evseSecurity/index.ts";
import { defineManifest } from "../../framework/manifest.ts";
import { evse_security } from "../../interfaces/evse_security.ts";

const path = (key: keyof typeof defaultPaths, about: string) => z.string().default(defaultPaths[key]).describe(about);

export const manifest = defineManifest({
  description: "Keeps the station's certificates and keys, and judges those of others.",
  config: z.object({
    csms_ca_bundle: path("csms_ca_bundle", "File or folder of the roots above the CSMS."),
    mf_ca_bundle: path("mf_ca_bundle", "File or folder of the manufacturer's roots, for firmware."),
    mo_ca_bundle: path("mo_ca_bundle", "File or folder of the roots of mobility operators."),
    v2g_ca_bundle: path("v2g_ca_bundle", "File or folder of V2G roots."),
    csms_leaf_cert_directory: path("csms_leaf_cert_directory", "Folder of the client certificates for the CSMS."),
    csms_leaf_key_directory: path("csms_leaf_key_directory", "Folder of their keys."),
    secc_leaf_cert_directory: path("secc_leaf_cert_directory", "Folder of the TLS certificates for cars."),
    secc_leaf_key_directory: path("secc_leaf_key_directory", "Folder of their keys."),
    private_key_password: z.string().default("").describe("Password of the private keys; empty for none."),
    leaf_choice: z
      .enum(["newest", "longest"])
      .default("newest")
      .describe("Among valid leaves take the one that began last, or the one that ends last. Not a key of EVerest's."),
  }),
  provides: { main: { interface: evse_security } },
});
