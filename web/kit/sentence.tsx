/**
 * A sentence whose numbers are doors. The text marks them: `<ours>{{ours}}</ours> are really yours`; where a mark leads
 * is given by name. A mark without an address is only stronger.
 */
import { Fragment } from 'react'
import { useMayOpen } from './door.tsx'
import { NumberDoor } from './number-door.tsx'

export interface SentenceProps {
  /** From `t()`, its parameters filled in and written by `useFormat()`. */
  text: string
  /** Name of the mark → address. */
  doors?: Record<string, string | undefined>
}

export function Sentence({ text, doors = {} }: SentenceProps) {
  const mayOpen = useMayOpen()
  return (
    <>
      {partsOf(text).map(({ mark, words }, i) => {
        if (!mark) return <Fragment key={i}>{words}</Fragment>
        const to = doors[mark]
        return to && mayOpen(to) ? (
          <NumberDoor key={i} value={words} to={to} />
        ) : (
          <strong key={i} className="rg-figures">
            {words}
          </strong>
        )
      })}
    </>
  )
}

interface Part {
  mark: string | null
  words: string
}

/** `a <b>c</b> d` → a, c marked b, d. Marks do not lie inside each other. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let from = 0
  for (const found of text.matchAll(/<([a-z_]+)>(.*?)<\/\1>/gs)) {
    if (found.index > from) parts.push({ mark: null, words: text.slice(from, found.index) })
    parts.push({ mark: found[1]!, words: found[2]! })
    from = found.index + found[0].length
  }
  if (from < text.length) parts.push({ mark: null, words: text.slice(from) })
  return parts
}
