/** What is in a firmware file, and who has signed it. */
import { verify } from "node:crypto";
import type { FirmwareUpdateMetadata, FirmwareUpdateRequest } from "../../interfaces/types/system.ts";
import { parsePemChain } from "../../x509/certificate.ts";
import { X509Error } from "../../x509/errors.ts";

const BEGIN = "===== BEGIN METADATA =====";
const END = "===== END METADATA =====";
const MAX_METADATA = 64 * 1024;

/** The text between two marks in the file: lines `key=value`, and comments behind `#`. */
export function metadataIn(firmware: Uint8Array): FirmwareUpdateMetadata {
  const octets = Buffer.from(firmware.buffer, firmware.byteOffset, firmware.length);
  const begin = octets.indexOf(BEGIN);
  if (begin < 0) return {};
  const rest = octets.subarray(begin + BEGIN.length, begin + BEGIN.length + MAX_METADATA);
  const end = rest.indexOf(END);
  return metadataOf((end < 0 ? rest : rest.subarray(0, end)).toString("utf8").split(/\r?\n/));
}

/** Of an unsigned update: behind the `#` of its address, `key=value` between `&`. */
export function metadataBehind(location: string): FirmwareUpdateMetadata {
  const at = location.indexOf("#");
  return at < 0 ? {} : metadataOf(location.slice(at + 1).split("&"));
}

function metadataOf(lines: readonly string[]): FirmwareUpdateMetadata {
  const pairs = lines.filter((line) => !line.startsWith("#")).map((line) => line.split("=", 2));
  const disable = new Map(pairs.map(([key, value]) => [key, value])).get("disable_connectors_during_install");
  return disable === undefined ? {} : { disable_connectors_during_install: disable === "true" };
}

/** Whether the signature, base64 of SHA-256 by the key of the certificate, is that of the file. */
export function isSigned(firmware: Uint8Array, { signing_certificate, signature }: FirmwareUpdateRequest): boolean {
  try {
    const [certificate] = parsePemChain(signing_certificate ?? "");
    if (!certificate || signature === undefined) return false;
    return verify("sha256", firmware, certificate.publicKey, Buffer.from(signature, "base64"));
  } catch (error) {
    if (error instanceof X509Error) return false;
    // Node throws for a key that cannot sign at all.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
