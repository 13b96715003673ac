/**
 * A cursor is of use to its own list alone: the edge writes the list's mark before it and takes it off again. Without
 * the mark, the cursor of a list ordered by columns of the same kinds would be taken for a place in this one.
 */
import { createHash } from 'node:crypto'
import { cursorUnreadable } from './routes.ts'

const markLength = 4
const marks = new Map<string, string>()

function markOf(list: string): string {
  const known = marks.get(list)
  if (known) return known
  const mark = createHash('sha256').update(list).digest('base64url').slice(0, markLength)
  marks.set(list, mark)
  return mark
}

/** What a route (`GET /v1/…`) answers, its cursor marked as this list's; the list may stand in a part. */
export function marked(list: string, answer: unknown): unknown {
  if (!isObject(answer)) return answer
  if ('next_cursor' in answer) return withMark(list, answer)
  const lists = Object.entries(answer).filter(([, part]) => isObject(part) && 'next_cursor' in part)
  if (lists.length === 0) return answer
  return { ...answer, ...Object.fromEntries(lists.map(([key, part]) => [key, withMark(list, part as object)])) }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function withMark(list: string, page: { next_cursor?: unknown }): object {
  const { next_cursor } = page
  return typeof next_cursor === 'string' ? { ...page, next_cursor: markOf(list) + next_cursor } : page
}

/** What is asked of a route, its cursor without the mark. Throws `request.cursor_unreadable` for another list's. */
export function unmarked(list: string, query: unknown): unknown {
  if (!isObject(query) || !('cursor' in query)) return query
  const { cursor } = query
  if (typeof cursor !== 'string' || cursor === '') return query
  if (!cursor.startsWith(markOf(list))) throw cursorUnreadable()
  return { ...query, cursor: cursor.slice(markLength) }
}
