/** Refused calls as sentences: `errors:<code>` filled with the error's params, else what the server said. */
import { useTexts, textOf } from './i18n.ts'
import { ApiError } from './call.ts'

/** The sentence for an error code, in the screen's language. */
export function problemSentence(error: unknown): string {
  if (error instanceof ApiError) {
    return textOf(`errors:${error.code}`, error.message || error.code, error.params)
  }
  return error instanceof Error ? error.message : String(error)
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
export function useProblem(error: unknown): string {
  useTexts()
  return problemSentence(error)
}
