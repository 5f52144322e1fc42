import { toBase64 } from "../../../util/bytes.ts";
import { contractDecision } from "../../clearingHouse/decision.ts";
import type { Handler } from "../../context.ts";

/** M01, M02: the clearing house answers the car; a refusal that the car can read is an answer too. */
export const get15118EVCertificate: Handler<"Get15118EVCertificate"> = async (request, { identity, services }) => {
  const { action, exiRequest, iso15118SchemaVersion: schema } = request;
  const answer = await services.clearingHouse.provideEncoded({ schema, request: exiRequest, action });
  const rule = action === "Install" ? "OCPP 2.0.1 M01" : "OCPP 2.0.1 M02";
  services.reporter.decide(contractDecision(answer, rule, { station: identity }));
  if (answer.status === "Accepted") return { status: "Accepted", exiResponse: toBase64(answer.exi) };
  // OCPP wants a response also where there is none.
  return { status: "Failed", exiResponse: "", statusInfo: { reasonCode: answer.reasonCode } };
};
