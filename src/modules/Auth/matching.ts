/**
 * The size of a largest set of pairs in which each left and each right item appears at most once (Kuhn's augmenting
 * paths; rows × columns steps for each row).
 * @param fits whether left item `row` can be paired with right item `column`.
 */
export function maximumMatching(rows: number, columns: number, fits: (row: number, column: number) => boolean): number {
  const partner = new Array<number | undefined>(columns).fill(undefined);
  const findPlace = (row: number, tried: Set<number>): boolean => {
    for (let column = 0; column < columns; column++) {
      if (tried.has(column) || !fits(row, column)) continue;
      tried.add(column);
      const other = partner[column];
      if (other === undefined || findPlace(other, tried)) {
        partner[column] = row;
        return true;
      }
    }
    return false;
  };
  let size = 0;
  for (let row = 0; row < rows; row++) if (findPlace(row, new Set())) size++;
  return size;
}
