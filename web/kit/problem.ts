/** What went wrong as sentences: `errors:<code>` filled with the error's params, else what the server said. */
import { useTexts, textOf } from './i18n.ts'
import { ApiError } from './call.ts'

/** By a `tap`, or by opening a page, nothing was filled in: then nothing is said of input. */
export type Asked = 'form' | 'tap'

/** The sentence for what went wrong, in the screen's language; never the browser's own words. */
export function problemSentence(error: unknown, asked: Asked = 'form'): string {
  if (error instanceof ApiError) {
    if (asked === 'tap' && error.status === 0) return textOf('errors:network.unanswered', error.code)
    return textOf(`errors:${error.code}`, error.message || error.code, error.params)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return textOf(`errors:${code}`, textOf('errors:app.failed', ''))
}

/** The sentences by JSON pointer (`/phone`), for the fields they belong to. */
export function placeSentences(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const places: Record<string, string> = {}
  for (const { pointer, code, params } of error.errors) {
    places[pointer] ??= textOf(`errors:${code}`, code, params ?? {})
  }
  const pointed = error.params['pointer'] ?? error.params['field']
  if (typeof pointed === 'string')
    places[pointed.startsWith('/') ? pointed : `/${pointed}`] ??= problemSentence(error)
  return places
}

/** The same inside a component, so that it follows a change of language. */
export function useProblem(error: unknown, asked: Asked = 'form'): string {
  useTexts()
  return problemSentence(error, asked)
}
