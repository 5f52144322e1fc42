/** The charging profiles that the CSMS has set, on disk. */
import type { ChargingProfile, ChargingProfilePurpose } from "../../../ocpp/v16/types.ts";
import type { Database } from "../../../util/database.ts";

export const profileSchema = `
CREATE TABLE charging_profile (
  charging_profile_id INTEGER PRIMARY KEY,
  connector_id INTEGER NOT NULL,
  profile TEXT NOT NULL
)`;

export interface Installed {
  readonly connectorId: number;
  readonly profile: ChargingProfile;
}

/** What ClearChargingProfile chooses by; what is absent fits all. */
export interface Filter {
  readonly connectorId?: number;
  readonly chargingProfilePurpose?: ChargingProfilePurpose;
  readonly stackLevel?: number;
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

  of(connectorId: number, purpose: ChargingProfilePurpose): ChargingProfile[] {
    return this.#all
      .filter((one) => one.connectorId === connectorId && one.profile.chargingProfilePurpose === purpose)
      .map(({ profile }) => profile);
  }

  /** How many there would be after {@link put}. */
  sizeAfter(installed: Installed): number {
    return this.#all.filter((one) => !replaces(installed, one)).length + 1;
  }

  /** Takes the place of the one with its id, and of the one with its purpose and level at the connector (3.13.2). */
  put(installed: Installed): void {
    const { connectorId, profile } = installed;
    this.#database.atomically(() => {
      this.#delete((one) => replaces(installed, one));
      this.#database.run(
        "INSERT INTO charging_profile VALUES (?, ?, ?)",
        ...[profile.chargingProfileId, connectorId, JSON.stringify(profile)],
      );
    });
    this.#all = this.#read();
  }

  /** @returns whether there were any. */
  clearById(id: number): boolean {
    return this.#clear(({ profile }) => profile.chargingProfileId === id);
  }

  /** @returns whether there were any. */
  clear({ connectorId, chargingProfilePurpose, stackLevel }: Filter): boolean {
    return this.#clear(
      (one) =>
        (connectorId === undefined || one.connectorId === connectorId) &&
        (chargingProfilePurpose === undefined || one.profile.chargingProfilePurpose === chargingProfilePurpose) &&
        (stackLevel === undefined || one.profile.stackLevel === stackLevel),
    );
  }

  #clear(which: (one: Installed) => boolean): boolean {
    const count = this.#all.length;
    this.#database.atomically(() => this.#delete(which));
    this.#all = this.#read();
    return this.#all.length < count;
  }

  #delete(which: (one: Installed) => boolean): void {
    for (const { profile } of this.#all.filter(which)) {
      this.#database.run("DELETE FROM charging_profile WHERE charging_profile_id = ?", profile.chargingProfileId);
    }
  }

  #read(): Installed[] {
    return this.#database
      .all<{ connector_id: number; profile: string }>("SELECT * FROM charging_profile ORDER BY charging_profile_id")
      .map(({ connector_id, profile }) => ({ connectorId: connector_id, profile: JSON.parse(profile) }));
  }
}

function replaces(one: Installed, other: Installed): boolean {
  if (one.profile.chargingProfileId === other.profile.chargingProfileId) return true;
  return (
    one.connectorId === other.connectorId &&
    one.profile.chargingProfilePurpose === other.profile.chargingProfilePurpose &&
    one.profile.stackLevel === other.profile.stackLevel
  );
}
