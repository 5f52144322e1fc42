/**
 * The clearing house by HTTP, in the form in which other CSMS ask Hubject's: Open Plug&Charge Protocol 1.0.0 (token, contract
 * certificate pool, root certificate pool) and EST (RFC 7030) for certificates of stations.
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { toBase64 } from "../../util/bytes.ts";
import { type Certificate, createCertsOnly } from "../../x509/index.ts";
import type { CsmsPki } from "../options.ts";
import type { SigningService } from "../services/signing.ts";
import type { ContractAnswer } from "./answer.ts";
import type { ClearingHouse } from "./clearingHouse.ts";
import { rootCertificates, rootTypes } from "./rootPool.ts";
import { type AccessTokens, TOKEN_LIFETIME } from "./tokens.ts";

export interface ClearingHouseHttp {
  readonly clearingHouse: ClearingHouse;
  readonly signing: SigningService;
  readonly tokens: AccessTokens;
  readonly pki: () => CsmsPki;
  /** Told of every answer about a contract. */
  tell(answer: ContractAnswer): void;
}

/** A request of 5,600 characters, or a CSR, with room around it. */
const MAX_BODY = 16 * 1024;
/** Where the paths of EST begin: by RFC 7030, by OPCP, and as two CSMS in the field have it. */
const estBases = ["/.well-known/est", "/.well-known", ""] as const;

const TokenRequest = z.object({
  grant_type: z.literal("client_credentials"),
  client_id: z.string().max(255),
  client_secret: z.string().max(255),
});

const ContractRequest = z.object({
  certificateInstallationReq: z.string().max(5600),
  xsdMsgDefNamespace: z.string().max(50),
});

export function clearingHouseRoutes(parts: ClearingHouseHttp): Hono {
  const app = new Hono();
  const limited = bodyLimit({ maxSize: MAX_BODY });
  app.post("/oauth/token", limited, (context) => issueToken(context, parts));
  app.use("/v1/*", (context, next) => authorized(context, parts, next));
  app.post("/v1/ccp/signedContractData", limited, (context) => contract(context, parts));
  app.get("/v1/root/rootCerts", (context) => rootPool(context, parts));
  for (const base of estBases) {
    for (const edition of ["", "/:edition"]) {
      const guard = (context: Context, next: () => Promise<void>) => authorized(context, parts, next);
      app.post(`${base}/:ca/simpleenroll${edition}`, limited, guard, (context) => enroll(context, parts));
      app.get(`${base}/:ca/cacerts${edition}`, guard, (context) => caCertificates(context, parts));
    }
  }
  return app;
}

/** RFC 6749, 5.2. */
async function issueToken(context: Context, { tokens }: ClearingHouseHttp): Promise<Response> {
  const request = TokenRequest.safeParse(await tokenRequest(context));
  if (!request.success) {
    const error_description = "client_id, client_secret and grant_type client_credentials are needed";
    return context.json({ error: "invalid_request", error_description }, 400);
  }
  const token = tokens.issue(request.data.client_id, request.data.client_secret);
  if (token === undefined) {
    return context.json({ error: "invalid_client", error_description: "unknown client or wrong secret" }, 401);
  }
  const scope = "rcpservice ccpservice pkigateway";
  const answer = { access_token: token, scope, expires_in: TOKEN_LIFETIME, token_type: "Bearer" };
  return context.json(answer, 200, { "Cache-Control": "no-store" });
}

/** As a form, which RFC 6749 wants, or as JSON, which OPCP shows. */
async function tokenRequest(context: Context): Promise<unknown> {
  const isJson = context.req.header("content-type")?.includes("json") ?? false;
  return isJson ? jsonBody(context) : Object.fromEntries(new URLSearchParams(await context.req.text()));
}

/** Undefined for what is no JSON. */
async function jsonBody(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

async function authorized(
  context: Context,
  { tokens }: ClearingHouseHttp,
  next: () => Promise<void>,
): Promise<Response | undefined> {
  const [, token = ""] = /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
  if (!tokens.isGood(token))
    return context.json(errors("a valid access token is needed"), 401, { "WWW-Authenticate": "Bearer" });
  await next();
  return undefined;
}

function errors(...errorMessages: readonly string[]) {
  return { errorMessages };
}

/** OPCP, ccp.v1: a car that gets no contract is "not found", with the response that tells it so. */
async function contract(context: Context, { clearingHouse, tell }: ClearingHouseHttp): Promise<Response> {
  const asked = ContractRequest.safeParse(await jsonBody(context));
  if (!asked.success) {
    return context.json(errors("certificateInstallationReq in base64 and xsdMsgDefNamespace are needed"), 400);
  }
  const { certificateInstallationReq: request, xsdMsgDefNamespace } = asked.data;
  const answer = await clearingHouse.provideEncoded({ schema: xsdMsgDefNamespace, request });
  tell(answer);
  if (answer.status === "Failed") return context.json(errors(answer.title), 400);
  const { emaid, ResponseCode } = answer;
  const certificateInstallationRes = toBase64(answer.exi);
  const messageDef = { certificateInstallationRes, ...(emaid !== undefined && { emaid }), metaData: "" };
  const body = { CCPResponse: { emaidContent: [{ messageDef }] }, xsdMsgDefNamespace };
  return context.json(body, ResponseCode === "OK" ? 200 : 404);
}

/** OPCP, rcp.v1. */
function rootPool(context: Context, { pki }: ClearingHouseHttp): Response {
  const wanted = context.req.query("rootType")?.toUpperCase();
  const type = rootTypes.find((known) => known === wanted);
  if (wanted !== undefined && !type) return context.json(errors(`rootType is one of ${rootTypes.join(", ")}`), 400);
  const all = rootCertificates(pki());
  const rootCertificatesOfType = type ? all.filter(({ rootType }) => rootType === type) : all;
  return context.json({ RootCertificateCollection: { rootCertificates: rootCertificatesOfType } });
}

/** EST, RFC 7030, 4.2: the request in base64, in PEM, or as it is. */
async function enroll(context: Context, { signing }: ClearingHouseHttp): Promise<Response> {
  if (context.req.param("ca") !== "cpo")
    return context.text("certificates are issued here for stations only: ca is cpo", 404);
  const body = await context.req.text();
  const signed = signing.sign(asPem(body), "V2GCertificate", "");
  if (!signed.ok) return context.text(signed.reason, 400);
  return certsOnly(context, [signed.certificate]);
}

function asPem(body: string): string {
  if (body.includes("-----BEGIN")) return body;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${body.trim()}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** EST, RFC 7030, 4.1: the CAs above what is issued, the root with them. */
function caCertificates(context: Context, { pki }: ClearingHouseHttp): Response {
  const chain = chainsOf(pki())[context.req.param("ca") ?? ""];
  return chain && chain.length > 0 ? certsOnly(context, chain) : context.text("there is no such CA here", 404);
}

function chainsOf({ signers, contracts, roots }: CsmsPki): Readonly<Record<string, readonly Certificate[]>> {
  return {
    cpo: [...(signers.v2g?.chain ?? []), ...roots.v2g],
    cps: [...(contracts?.cps.chain.slice(1) ?? []), ...roots.v2g],
    mo: [...(contracts?.mo.chain ?? []), ...roots.mo],
    oem: [...(contracts?.oem.intermediates ?? []), ...(contracts?.oem.roots ?? [])],
  };
}

function certsOnly(context: Context, certificates: readonly Certificate[]): Response {
  return context.body(toBase64(createCertsOnly(certificates)), 200, {
    "Content-Type": "application/pkcs7-mime; smime-type=certs-only",
    "Content-Transfer-Encoding": "base64",
  });
}
