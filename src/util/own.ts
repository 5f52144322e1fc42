/** What a record holds under a name that someone else chose; names such as `constructor` find nothing by accident. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
