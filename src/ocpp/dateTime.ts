/** OCPP's dateTime: RFC 3339, with the two slips that are common in the field. */
import { PeerError } from "../util/errors.ts";

/** Text that should have been a dateTime and is not. */
export class DateTimeError extends PeerError {}

const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/** RFC 3339; also accepted are a blank for the T, and no time zone, which then is UTC. */
export function isDateTime(text: string): boolean {
  return dateTime.test(text);
}

/** Milliseconds since 1970. @throws DateTimeError when `text` is no dateTime. */
export function readDateTime(text: string): number {
  if (!isDateTime(text)) throw new DateTimeError("not an RFC 3339 date and time");
  const zoned = /(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  // JavaScript knows no leap second; the second before it is near enough for every use here.
  const time = Date.parse(
    zoned
      .toUpperCase()
      .replace(" ", "T")
      .replace(/:60(?=[.Z+-])/, ":59"),
  );
  if (Number.isNaN(time)) throw new DateTimeError("no such date");
  return time;
}
