/** Moves a row that is wider than its place so far to the side that one of its parts is seen; the page stays put. */
export function showInRow(part: Element | null | undefined): void {
  let row = part?.parentElement
  while (row && !(row.scrollWidth > row.clientWidth && getComputedStyle(row).overflowX !== 'visible'))
    row = row.parentElement
  if (!part || !row) return
  const [seen, wanted] = [row.getBoundingClientRect(), part.getBoundingClientRect()]
  if (wanted.right > seen.right) row.scrollLeft += wanted.right - seen.right
  if (wanted.left < seen.left) row.scrollLeft -= seen.left - wanted.left
}
