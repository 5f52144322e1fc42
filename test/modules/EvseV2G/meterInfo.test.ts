import { describe, expect, it } from "vitest";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { iso2 } from "../../../src/iso15118/iso2/index.ts";
import { meterReader } from "../../../src/modules/EvseV2G/meterInfo.ts";
import { toBase64 } from "../../../src/util/bytes.ts";
import { silentLogger } from "../../../src/util/log.ts";

const reading: Powermeter = {
  timestamp: "2026-01-01T00:00:10.000Z",
  meter_id: "YETI",
  energy_Wh_import: { total: 1234.5 },
};
const signed = (signed_meter_data: string) => ({ signed_meter_data, signing_method: "ECDSA", encoding_method: "" });
const octets = (length: number) => new Uint8Array(length).map((_, at) => at);

function reader() {
  const warnings: string[] = [];
  const read = meterReader({ ...silentLogger, warn: (_, message) => warnings.push(message) });
  return { read, warnings };
}

describe("SigMeterReading, base64Binary of at most 64 octets (ISO 15118-2, 8.5.2.27)", () => {
  it.each([
    ["64 octets in base64", signed(toBase64(octets(64))), octets(64)],
    ["text that is no base64 stands for itself", signed("OCMF|{}|{}"), new TextEncoder().encode("OCMF|{}|{}")],
    ["nothing", signed(""), undefined],
    ["65 octets do not fit", signed(toBase64(octets(65))), undefined],
    ["a whole OCMF does not fit", signed(`OCMF|${"x".repeat(300)}|{}`), undefined],
  ])("%s", (_, signed_meter_value, expected) => {
    const { SigMeterReading, ...rest } = reader().read({ ...reading, signed_meter_value });
    expect(SigMeterReading).toEqual(expected);
    expect(rest).toEqual({ MeterID: "YETI", MeterReading: 1235, TMeter: 1_767_225_610 });
  });

  it("is of the energy that flows to the car, where the meter signs each quantity by itself", () => {
    const of = { ...reading, energy_Wh_import_signed: { total: signed(toBase64(octets(8))) } };
    expect(reader().read(of).SigMeterReading).toEqual(octets(8));
  });

  it("says once what the operator should know: that it is left out, and why", () => {
    const { read, warnings } = reader();
    for (let i = 0; i < 3; i++) read({ ...reading, signed_meter_value: signed(toBase64(octets(65))) });
    expect(warnings).toEqual([
      "a signed meter value has 65 octets, SigMeterReading at most 64: EVs get the reading without it, and the CSMS gets it whole",
    ]);
  });

  it("goes into the message, and comes out of it", () => {
    const MeterInfo = reader().read({ ...reading, signed_meter_value: signed(toBase64(octets(64))) });
    const Body = { MeteringReceiptReq: { SessionID: octets(8), MeterInfo } };
    const exi = iso2.encode("V2G_Message", { Header: { SessionID: octets(8) }, Body });
    expect(iso2.decode(exi).value).toMatchObject({ Body: { MeteringReceiptReq: { MeterInfo } } });
  });
});
