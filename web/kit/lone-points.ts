/** Values of a line whose neighbours are unknown: without a mark of their own nobody would see them. */
export function lonePoints(values: readonly (number | null)[]): Set<number> {
  const known = (i: number) => values[i] !== null && values[i] !== undefined
  return new Set(values.flatMap((_, i) => (known(i) && !known(i - 1) && !known(i + 1) ? [i] : [])))
}
