/** From a network profile and the station's certificates to something that can be dialled (OCPP 2.0.1 part 2, A00; security whitepaper of 1.6). */
import { createPrivateKey } from "node:crypto";
import { rootCertificates } from "node:tls";
import type { NetworkProfile } from "../../chargePoint/networkProfile.ts";
import type { Requirement } from "../../framework/module.ts";
import type { evse_security } from "../../interfaces/evse_security.ts";
import type { ClientTlsOptions, Endpoint, Security } from "../../rpc/link.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";

type SecurityModule = Pick<Requirement<typeof evse_security>, "call">;

export interface EndpointPorts {
  readonly security: SecurityModule;
  readonly files: Files;
  /** Of the version of OCPP. */
  readonly subprotocol: string;
  /** What the settings say of TLS. */
  readonly tls?: TlsSettings;
}

export interface TlsSettings extends Pick<ClientTlsOptions, "ciphers" | "host"> {
  /** Beside the installed roots, or without any, trust those that browsers do. */
  readonly publicRoots?: boolean;
}

/** @throws UserError when the roots or the client certificate that the profile needs are missing. */
export async function endpointOf(profile: NetworkProfile, ports: EndpointPorts): Promise<Endpoint> {
  const { url, identity } = profile;
  return { url, identity, subprotocols: [ports.subprotocol], security: await securityOf(profile, ports) };
}

async function securityOf(
  profile: NetworkProfile,
  { security, files, tls: settings }: EndpointPorts,
): Promise<Security> {
  const { password, securityProfile } = profile;
  if (securityProfile === 0) return { profile: 0 };
  if (securityProfile === 1) return { profile: 1, password };
  const { publicRoots, ...options } = settings ?? {};
  const installed = await csmsRoots(security, files, publicRoots === true);
  const tls = { ...options, ca: [...installed, ...(publicRoots ? rootCertificates : [])] };
  if (securityProfile === 2) return { profile: 2, password, tls };
  return { profile: 3, tls: { ...tls, ...(await clientCertificate(security, files)) } };
}

/** @param optional whether there are others to trust. */
async function csmsRoots(security: SecurityModule, files: Files, optional: boolean): Promise<string[]> {
  const path = await security.call("get_verify_file", { certificate_type: "CSMS" });
  if (path === "" || !(await files.info(path))) {
    if (optional) return [];
    throw new UserError("no CSMS root is installed, which security profiles 2 and 3 need", {
      file: path,
      fix: "Put the CSMS's root into the bundle that EvseSecurity's csms_ca_bundle names.",
    });
  }
  return [text(await files.read(path))];
}

/** Keys are decrypted in memory only. */
async function clientCertificate(
  security: SecurityModule,
  files: Files,
): Promise<Required<Pick<ClientTlsOptions, "cert" | "key">>> {
  const { status, info } = await security.call("get_leaf_certificate_info", {
    certificate_type: "CSMS",
    encoding: "PEM",
    include_ocsp: false,
  });
  const certificate = info?.certificate ?? info?.certificate_single;
  if (status !== "Accepted" || !info || certificate === undefined) {
    throw new UserError(`no client certificate for the CSMS (${status}), which security profile 3 needs`, {
      fix: "Put certificate and key into EvseSecurity's csms_leaf_cert_directory and csms_leaf_key_directory.",
    });
  }
  const key = createPrivateKey({
    key: text(await files.read(info.key)),
    ...(info.password === undefined ? {} : { passphrase: info.password }),
  });
  return {
    cert: text(await files.read(certificate)),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
