/** A promise that is settled from outside. */
export interface Signal<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function signal<T>(): Signal<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
