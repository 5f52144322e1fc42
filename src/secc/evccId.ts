import { toHex } from "../util/bytes.ts";
import { type ChargerEffect, publish } from "./effects.ts";

const MAC_LENGTH = 6;
const DIN_LENGTH = 8;

/** Tells the EV's MAC address. DIN EVs may pad it with two zero octets, at either end; from other ids none is made up. */
export function evccIdEffects(EVCCID: Uint8Array): readonly ChargerEffect[] {
  const mac = macIn(EVCCID);
  return mac ? [publish("evcc_id", macText(mac))] : [];
}

function macIn(id: Uint8Array): Uint8Array | undefined {
  if (id.length === MAC_LENGTH) return id;
  if (id.length !== DIN_LENGTH) return undefined;
  const isPadding = (octets: Uint8Array) => octets.every((octet) => octet === 0);
  if (isPadding(id.subarray(MAC_LENGTH))) return id.subarray(0, MAC_LENGTH);
  return isPadding(id.subarray(0, DIN_LENGTH - MAC_LENGTH)) ? id.subarray(DIN_LENGTH - MAC_LENGTH) : undefined;
}

function macText(bytes: Uint8Array): string {
  return (toHex(bytes).toUpperCase().match(/../g) ?? []).join(":");
}
