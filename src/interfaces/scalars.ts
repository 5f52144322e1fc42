/** Simple values that several interfaces share. */
import { z } from "zod";

/** RFC 3339 with any offset, as `2026-01-31T12:00:00.000Z`. */
export const dateTime = z.iso.datetime({ offset: true });

/** Anything that JSON can say. */
export const anyJson = z.unknown();

/** Hardware address of six octets in upper case, as `00:1A:2B:3C:4D:5E`. */
export const macAddress = z.string().regex(/^[A-F0-9]{2}(:[A-F0-9]{2}){5}$/);
