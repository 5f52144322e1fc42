import type { AuthorizeRequest, AuthorizeResponse } from "../../../ocpp/v201/messages.generated.ts";
import type { Handler, StationContext } from "../../context.ts";
import { printable } from "../../services/words.ts";

/** C01 for tokens, C07 for contracts: an eMAID with its certificate or with hash data of its chain. */
export const authorize: Handler<"Authorize"> = (request, context) => {
  const { certificate, idToken, iso15118CertificateHashData } = request;
  const withCertificate = certificate !== undefined || iso15118CertificateHashData !== undefined;
  return idToken.type === "eMAID" && withCertificate ? contract(request, context) : token(request, context);
};

async function contract(request: AuthorizeRequest, context: StationContext): Promise<AuthorizeResponse> {
  const { identity: station, services } = context;
  const { contracts, reporter } = services;
  const note = (title: string) => reporter.decide({ step: 4, station, title, outcome: "ok", rule: "C07.FR.05" });
  const { certificateStatus, fix, reason, rule, status } = await contracts.authorize(request, note);
  const refused = status !== "Accepted";
  reporter.decide({
    step: 4,
    station,
    title: reason,
    outcome: refused ? "refused" : "ok",
    rule: `OCPP 2.0.1 ${rule}`,
    ...(refused && fix !== undefined && { fix }),
    detail: { idTokenInfo: status, ...(certificateStatus && { certificateStatus }) },
  });
  return { idTokenInfo: { status }, ...(certificateStatus && { certificateStatus }) };
}

function token({ idToken }: AuthorizeRequest, { identity: station, services }: StationContext): AuthorizeResponse {
  const { info, reason } = services.tokens.check(idToken);
  services.reporter.decide({
    step: 4,
    station,
    title: `${idToken.type} token ${printable(idToken.idToken)}: ${reason}`,
    outcome: info.status === "Accepted" ? "ok" : "refused",
    rule: "OCPP 2.0.1 C01",
    ...(info.status === "Unknown" && { fix: "Add the token to the CSMS." }),
  });
  return { idTokenInfo: info };
}
