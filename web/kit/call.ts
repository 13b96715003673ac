/** The one client of the page, and the one cache of what was read. */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { hearClock } from './clock.ts'
import { ApiError, createClient, type Input, type ReadName } from '../../sdk/client.ts'

export { ApiError } from '../../sdk/client.ts'
export type { Answer, Input, InputArguments, ReadName, RouteName, Row } from '../../sdk/client.ts'

// what is asked before the texts are there is asked in the language they will have
export const client = createClient({
  locale: () => i18next.language ?? document.documentElement.lang,
  heard: hearClock,
})

/** Any route, typed by its name: `await call('GET /v1/admin/members/:member_id', { params: { member_id } })`. */
export const call = client.call

/**
 * The same for the hooks, which carry the types themselves: the union of all inputs is more than the compiler expands.
 */
export const callByName = client.call as unknown as (
  name: string,
  input: unknown,
  options: object,
) => Promise<unknown>

/** The name that lists, forms and invalidation share: the first word after the audience, such as `members`. */
export function nounOf(name: string): string {
  return name.split('/')[3] ?? name
}

let onSignedOut: () => void = () => undefined

/** Says what to do when the session has ended in the middle of work. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

/** Tells the shell if this error means that nobody is signed in any more. */
export function noticeSignedOut(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) onSignedOut()
}

/**
 * Fresh for 10 s: going back and forth between pages asks nothing again, and a figure is never old without saying so.
 */
const freshMs = 10_000

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  defaultOptions: {
    // the client already sends again what the network lost
    queries: { staleTime: freshMs, retry: false, refetchOnWindowFocus: true, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** Asks for what the first screen shows before there is a screen; `useCall` with the same input finds it. */
export function askAhead<Name extends ReadName>(name: Name, input: Input<Name>): void {
  const queryFn = () => callByName(name, input, {})
  // what fails is asked again, and told, by whoever shows it
  void queryClient.prefetchQuery({ queryKey: [name, input], queryFn })
}

/** Reads again everything about these nouns that is on screen, and forgets the rest. */
export async function touch(...nouns: string[]): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) =>
      typeof queryKey[0] === 'string' && nouns.some((noun) => mentions(queryKey[0] as string, noun)),
  })
}

function mentions(name: string, noun: string): boolean {
  return name.split('/').includes(noun)
}
