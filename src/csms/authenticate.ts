/** Who is a station? OCPP security profiles 0 to 3, checked before the WebSocket is opened (2.0.1 part 2, A00). */
import type { Admission, StationRequest } from "../rpc/listener.ts";
import { equalBytes, toHex } from "../util/bytes.ts";
import { parseCertificate, X509Error } from "../x509/index.ts";
import { digestOf, type KnownStation } from "./store/stationAccounts.ts";

const refused = (reason: string): Admission => ({ ok: false, status: 401, reason });
const admitted: Admission = { ok: true, authenticated: true };

export function authenticate(account: KnownStation | undefined, request: StationRequest): Admission {
  if (!account) return { ok: false, status: 404, reason: `there is no station ${request.identity}` };
  switch (account.profile) {
    case 0:
      return { ok: true, authenticated: false };
    case 1:
      return byPassword(account, request);
    case 2:
      return request.tls ? byPassword(account, request) : refused("security profile 2 needs TLS");
    case 3:
      return byCertificate(request);
  }
}

/** A00.FR.204 to 206: the user name is the identity. */
function byPassword({ identity, secret }: KnownStation, { credentials }: StationRequest): Admission {
  if (!credentials) return refused("no password was sent");
  if (!secret) return refused("no password is known for this station");
  const good = spellings(credentials.password).some((one) => equalBytes(digestOf(one, secret.salt), secret.digest));
  return good && credentials.user === identity ? admitted : refused("wrong user name or password");
}

/**
 * In OCPP 1.6 a password is 16 to 20 octets, which people write down in hexadecimal: who knows the one knows the other
 * (security whitepaper, AuthorizationKey).
 */
function spellings(password: Uint8Array): Uint8Array[] {
  if (password.length < 16 || password.length > 20) return [password];
  const hex = toHex(password);
  return [password, Buffer.from(hex), Buffer.from(hex.toUpperCase())];
}

/** A00.FR.423, A00.FR.424: of a trusted root, and the common name is the identity. */
function byCertificate({ identity, tls }: StationRequest): Admission {
  if (!tls?.certificate) return refused("no client certificate was shown");
  if (!tls.authorized) return refused(`the client certificate is not trusted: ${tls.authorizationError}`);
  return commonName(tls.certificate) === identity ? admitted : refused("the client certificate is another station's");
}

function commonName(der: Uint8Array): string | undefined {
  try {
    return parseCertificate(der).subject.CN;
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
