/** Times as people say them, with the exact one on hover and for screen readers. */
import { Tooltip } from '@mantine/core'
import { nothing, useFormat } from './format.ts'

/** "3 days ago"; hover or focus tells the minute and zone. */
export function Moment({ at, fallback }: { at: string | null | undefined; fallback?: string }) {
  const format = useFormat()
  if (!at) return <span className="rg-muted">{fallback ?? nothing}</span>
  return (
    <Tooltip label={format.moment(at)}>
      <time dateTime={at}>{format.relative(at)}</time>
    </Tooltip>
  )
}

/** A day of the program's calendar: `YYYY-MM-DD`, or the day there of an instant. */
export function Day({ on, fallback }: { on: string | null | undefined; fallback?: string }) {
  const format = useFormat()
  if (!on) return <span className="rg-muted">{fallback ?? nothing}</span>
  return <time dateTime={on}>{on.length > 10 ? format.dayOf(on) : format.day(on)}</time>
}
