/** Between instants and what a clock on the program's wall shows. Fields of forms hold `YYYY-MM-DD HH:mm:ss`. */

/** What the clock in `zone` shows at an instant. */
export function wallOf(instant: string | Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant))
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '00'
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`
}

/**
 * The instant (RFC 3339, UTC) at which the clock in `zone` shows `wall`. An hour that a change of summer time skips
 * is read as if the clock had not changed; one that comes twice is its first.
 */
export function instantOfWall(wall: string, zone: string): string {
  const wanted = Date.parse(`${wall.replace(' ', 'T')}Z`)
  const shownAt = (at: number) => Date.parse(`${wallOf(new Date(at), zone).replace(' ', 'T')}Z`)
  // the offset at the guess may differ from the one at the answer: the earlier of both readings is tried first
  const guesses = [wanted - (shownAt(wanted) - wanted)]
  guesses.unshift(wanted - (shownAt(guesses[0]! - 3_600_000) - (guesses[0]! - 3_600_000)))
  const right = guesses.sort((a, b) => a - b).find((at) => shownAt(at) === wanted)
  return new Date(right ?? Math.max(...guesses)).toISOString()
}
