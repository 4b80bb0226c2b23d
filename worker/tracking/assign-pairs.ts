import { munkres } from 'munkres';

/** A row and a column that belong together. */
export interface Pair<R, C> {
  row: R;
  column: C;
}

/**
 * Pairs rows with columns so that the sum of the costs is least (Kuhn-Munkres, "Hungarian" assignment). `cost` is 0 or
 * more, or undefined for a pair that may not be; leaving a row and a column alone costs `aloneCost`, so pairs that cost
 * as much or more are not made.
 */
export function assignPairs<R, C>(
  rows: readonly R[],
  columns: readonly C[],
  cost: (row: R, column: C) => number | undefined,
  aloneCost: number,
): Pair<R, C>[] {
  if (rows.length === 0 || columns.length === 0) return [];
  const costs = rows.map((row) =>
    columns.map((column) => Math.min(aloneCost, cost(row, column) ?? aloneCost)),
  );
  return munkres(costs).flatMap(([rowIndex, columnIndex]) => {
    const [row, column] = [rows[rowIndex], columns[columnIndex]];
    const price = costs[rowIndex]?.[columnIndex] ?? aloneCost;
    return row === undefined || column === undefined || price >= aloneCost ? [] : [{ row, column }];
  });
}
