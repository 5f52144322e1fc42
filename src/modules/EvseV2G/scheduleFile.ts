/** The file in which an operator says between what cars may choose: schedules with their tariffs. */
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import type { Iso2Settings, ScheduleOffer } from "../../secc/iso2/protocol.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import { loadPrivateKey, X509Error } from "../../x509/index.ts";

const Id = z.int().min(1).max(255);

const Entry = z.strictObject({
  /** UTC. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 22:00"),
  /** Watt of all phases. */
  PMax: z.number().min(0).exactOptional(),
  EPriceLevel: Id.exactOptional(),
});

const Tuple = z.strictObject({
  SAScheduleTupleID: Id,
  SalesTariffDescription: z.string().max(32).exactOptional(),
  entries: z.array(Entry).min(1).max(96),
});
type Tuple = z.infer<typeof Tuple>;

const ScheduleFile = z.strictObject({ SAScheduleTuple: z.array(Tuple).min(1).max(3) });

export interface SchedulePaths {
  /** JSON; empty for none. */
  readonly schedules: string;
  /** PEM, of the mobility operator's Sub-CA 2; empty for none. */
  readonly key: string;
  readonly password: string;
}

/** @throws UserError for a file that cannot be read, or in which something is wrong. */
export async function readSchedules(
  files: Files,
  { schedules, key, password }: SchedulePaths,
): Promise<Pick<Iso2Settings, "offers" | "tariffKey">> {
  if (schedules === "") return {};
  const [first, ...more] = offersIn(schedules, await text(files, schedules));
  const tariffKey = key === "" ? undefined : tariffKeyIn(key, await text(files, key), password);
  return { ...(first && { offers: [first, ...more] }), ...(tariffKey && { tariffKey }) };
}

async function text(files: Files, file: string): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the file cannot be read (${code ?? "unknown reason"})`, { file, fix: "Make it readable." });
  }
}

function tariffKeyIn(file: string, pem: string, password: string): KeyObject {
  try {
    return loadPrivateKey(pem, password);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new UserError(error.message, {
      file,
      fix: "Name the private key of the operator's Sub-CA 2, and its password.",
    });
  }
}

function offersIn(file: string, json: string): ScheduleOffer[] {
  const checked = ScheduleFile.safeParse(parsed(file, json));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const key = issue?.path.map(String).join(".") ?? "";
    throw new UserError("the schedules are not as they should be", { file, key, expected: issue?.message ?? "" });
  }
  const tuples = checked.data.SAScheduleTuple;
  for (const [at, tuple] of tuples.entries()) {
    const expected = ruleBroken(tuple, tuples.slice(0, at));
    if (expected === undefined) continue;
    throw new UserError("a schedule is not as it should be", { file, key: `SAScheduleTuple.${at}`, expected });
  }
  return tuples.map(offer);
}

function parsed(file: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(`it is no JSON (${(error as SyntaxError).message})`, { file, fix: "Mend its syntax." });
  }
}

/** What a schema cannot say. */
function ruleBroken({ SAScheduleTupleID, entries }: Tuple, before: readonly Tuple[]): string | undefined {
  if (before.some((other) => other.SAScheduleTupleID === SAScheduleTupleID)) return "an id of its own";
  const inOrder = entries.every(({ from }, at) => at === 0 || from > (entries[at - 1]?.from ?? ""));
  if (!inOrder) return "entries in the order of time";
  const priced = entries.filter(({ EPriceLevel }) => EPriceLevel !== undefined).length;
  return priced === 0 || priced === entries.length ? undefined : "an EPriceLevel in all entries or in none";
}

function offer({ SAScheduleTupleID: id, SalesTariffDescription, entries }: Tuple): ScheduleOffer {
  return {
    id,
    ...(SalesTariffDescription === undefined ? {} : { description: SalesTariffDescription }),
    entries: entries.map(({ from, PMax, EPriceLevel }) => ({
      from: secondsOf(from),
      ...(PMax === undefined ? {} : { maxPower: PMax }),
      ...(EPriceLevel === undefined ? {} : { priceLevel: EPriceLevel }),
    })),
  };
}

function secondsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 3600 + minutes * 60;
}
