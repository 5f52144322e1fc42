import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { Refusal } from "./tokenRules.ts";

/** One token on its way through Auth. It can be cut short while it waits for a validator or for a car. */
export class TokenRequest {
  readonly token: ProvidedIdToken;
  /** The EVSEs that it may be used at. One is dropped when the car that was there has left. */
  readonly evseIds: Set<number>;
  /** Why it was cut short; undefined while it lives. Look at it after every wait. */
  refusal: Refusal | undefined;
  readonly #cut: Promise<undefined>;
  #resolveCut: (nothing: undefined) => void = () => {};
  #wake: (nothing: undefined) => void = () => {};

  constructor(token: ProvidedIdToken, evseIds: readonly number[]) {
    this.token = token;
    this.evseIds = new Set(evseIds);
    this.#cut = new Promise((resolve) => {
      this.#resolveCut = resolve;
    });
  }

  /** Ends the request with a refusal, whatever it waits for. The first refusal counts. */
  cut(refusal: Refusal): void {
    this.refusal ??= refusal;
    this.#resolveCut(undefined);
  }

  /** What `promise` gives, or undefined as soon as the request is cut short. */
  unlessCut<T>(promise: Promise<T>): Promise<T | undefined> {
    return Promise.race([this.#cut, promise]);
  }

  /** Resolves at the next {@link wake} or when the request is cut short. */
  sleep(): Promise<undefined> {
    const woken = new Promise<undefined>((resolve) => {
      this.#wake = resolve;
    });
    return Promise.race([this.#cut, woken]);
  }

  wake(): void {
    this.#wake(undefined);
  }
}
