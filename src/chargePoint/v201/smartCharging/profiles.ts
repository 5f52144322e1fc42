/** The charging profiles that the CSMS has set, on disk (OCPP 2.0.1 part 2, K01). */
import { readDateTime } from "../../../ocpp/dateTime.ts";
import type { ChargingProfilePurposeEnumType, ChargingProfileType } from "../../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../../util/database.ts";

export const profileSchema = `
CREATE TABLE charging_profile (id INTEGER PRIMARY KEY, evse_id INTEGER NOT NULL, profile TEXT NOT NULL)`;

export interface Installed {
  /** 0 is the station. */
  readonly evseId: number;
  readonly profile: ChargingProfileType;
}

export class Profiles {
  readonly #database: Database;
  /** All of them, in the order of their ids. */
  #all: readonly Installed[];

  constructor(database: Database) {
    this.#database = database;
    this.#all = this.#read();
  }

  get all(): readonly Installed[] {
    return this.#all;
  }

  of(evseId: number, purpose: ChargingProfilePurposeEnumType): ChargingProfileType[] {
    return this.#all
      .filter((one) => one.evseId === evseId && one.profile.chargingProfilePurpose === purpose)
      .map(({ profile }) => profile);
  }

  /** One with another id that would count at the same time and level (K01.FR.06, FR.39). */
  rivalOf({ evseId, profile }: Installed): ChargingProfileType | undefined {
    return this.#all.find(
      (one) =>
        one.evseId === evseId &&
        one.profile.id !== profile.id &&
        one.profile.chargingProfilePurpose === profile.chargingProfilePurpose &&
        one.profile.stackLevel === profile.stackLevel &&
        one.profile.transactionId === profile.transactionId &&
        overlap(one.profile, profile),
    )?.profile;
  }

  /** Takes the place of the one with its id (K01.FR.05). */
  put({ evseId, profile }: Installed): void {
    this.#database.run(
      `INSERT INTO charging_profile VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET evse_id = excluded.evse_id, profile = excluded.profile`,
      ...[profile.id, evseId, JSON.stringify(profile)],
    );
    this.#all = this.#read();
  }

  /** @returns whether there were any. */
  remove(which: (one: Installed) => boolean): boolean {
    const gone = this.#all.filter(which);
    this.#database.atomically(() => {
      for (const { profile } of gone) this.#database.run("DELETE FROM charging_profile WHERE id = ?", profile.id);
    });
    this.#all = this.#read();
    return gone.length > 0;
  }

  #read(): Installed[] {
    return this.#database
      .all<{ evse_id: number; profile: string }>("SELECT evse_id, profile FROM charging_profile ORDER BY id")
      .map(({ evse_id, profile }) => ({ evseId: evse_id, profile: JSON.parse(profile) }));
  }
}

function overlap(one: ChargingProfileType, other: ChargingProfileType): boolean {
  const from = ({ validFrom }: ChargingProfileType) => (validFrom === undefined ? 0 : readDateTime(validFrom));
  const to = ({ validTo }: ChargingProfileType) =>
    validTo === undefined ? Number.POSITIVE_INFINITY : readDateTime(validTo);
  return from(one) < to(other) && from(other) < to(one);
}
