import type { Handler } from "../../context.ts";

/** M01, M02: without a clearing house there is nobody who could make a contract certificate. */
export const get15118EVCertificate: Handler<"Get15118EVCertificate"> = ({ action }, { identity, services }) => {
  services.reporter.decide({
    step: 2,
    station: identity,
    title: `contract certificate (${action}) refused: this CSMS has no clearing house`,
    outcome: "refused",
    rule: "OCPP 2.0.1 M01",
  });
  return { status: "Failed", exiResponse: "", statusInfo: { reasonCode: "NotSupported" } };
};
