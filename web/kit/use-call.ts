/** One hook to read, one to write. Keys are route names, so touching a noun refreshes every list of it. */
import {
  keepPreviousData,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import {
  callByName,
  noticeSignedOut,
  nounOf,
  touch,
  type Answer,
  type ApiError,
  type Input,
  type InputArguments,
  type RouteName,
} from './call.ts'

export interface ReadOptions {
  /** false: do not ask yet. */
  enabled?: boolean
  /** Ask again every so many ms while the page is looked at (progress of long work); false stops. */
  every_ms?: number | false
  /** How long an answer counts as fresh; 10 s unless given. */
  fresh_ms?: number
  /** false: forget the last answer as soon as the input changes. Lists keep it, so nothing jumps. */
  keep?: boolean
}

/** The parts of a route's input; none where the route has none. */
export type ReadInput<Name extends RouteName> = InputArguments<Name, ReadOptions>

/** What a read hook gives: data, error, isPending, isFetching, dataUpdatedAt, refetch. */
export type Read<T> = UseQueryResult<T, ApiError>

/**
 * Reads a route. Input that changes cancels the call before it, and the newest input's answer wins, whatever arrives
 * first. A POST that only reads (counts, previews) may be read too.
 */
export function useCall<Name extends RouteName>(name: Name, ...rest: ReadInput<Name>): Read<Answer<Name>> {
  // typed at both ends; in between `unknown`, for the union of all inputs is more than the compiler multiplies out
  const [input, options = {}] = rest as unknown as [input?: unknown, options?: ReadOptions]
  const read: unknown = useQuery<unknown, ApiError>({
    queryKey: [name, input ?? null],
    queryFn: ({ signal }) => callByName(name, input, { signal }),
    enabled: options.enabled ?? true,
    refetchInterval: options.every_ms ?? false,
    ...(options.fresh_ms === undefined ? {} : { staleTime: options.fresh_ms }),
    ...(options.keep === false ? {} : { placeholderData: keepPreviousData }),
  })
  return read as Read<Answer<Name>>
}

export interface WriteOptions<Name extends RouteName> {
  /** Nouns whose reads change besides the route's own. */
  touches?: readonly string[]
  /** After everything touched was read again. */
  done?: (answer: Answer<Name>, input: Input<Name>) => void | Promise<void>
}

/** What a write hook gives: mutate, mutateAsync, isPending, error, data, reset. */
export type Write<Name extends RouteName> = UseMutationResult<Answer<Name>, ApiError, Input<Name>>

/** Writes through a route, then refreshes every read of its noun. The idempotency key is the client's. */
export function useWrite<Name extends RouteName>(name: Name, options: WriteOptions<Name> = {}): Write<Name> {
  const done = options.done as ((answer: unknown, input: unknown) => void | Promise<void>) | undefined
  const write: unknown = useMutation<unknown, ApiError, unknown>({
    mutationKey: [name],
    mutationFn: (input) => callByName(name, input, {}),
    onError: noticeSignedOut,
    onSuccess: async (answer, input) => {
      await touch(nounOf(name), ...(options.touches ?? []))
      await done?.(answer, input)
    },
  })
  return write as Write<Name>
}

/** A list's answer, as every list route gives it. */
interface Paged {
  data: readonly unknown[]
  next_cursor?: string | null
}

/** The names of routes that answer `{data, next_cursor}` or `{data}`. */
export type ListName = {
  [Name in RouteName]: Answer<Name> extends { data: readonly unknown[] } ? Name : never
}[RouteName]
type ItemOf<Name extends ListName> = Answer<Name> extends { data: readonly (infer Item)[] } ? Item : never

/** A list page by page: rows, where we are, how to go on. */
export interface List<Item> {
  rows: Item[] | undefined
  read: Read<unknown>
  /** Counts from 1. */
  page: number
  next: (() => void) | null
  previous: (() => void) | null
  /** All rows from the first page on, for a download; stops at `rows_max`. */
  all: (rows_max: number) => Promise<Item[]>
}

/** Rows asked for by a download in one call: the server's own limit. */
const downloadPage = 200

/** Reads a list by cursor. A changed input starts at the first page again. */
export function useList<Name extends ListName>(name: Name, ...rest: ReadInput<Name>): List<ItemOf<Name>> {
  const [input, options] = rest as [LooseInput | undefined, ReadOptions | undefined]
  const asked = JSON.stringify(input ?? null)
  const [trail, setTrail] = useState<{ asked: string; cursors: string[] }>({ asked, cursors: [] })
  const cursors = trail.asked === asked ? trail.cursors : []
  const cursor = cursors.at(-1)
  const paged = cursor ? withPaging(name, input, { cursor }) : (input ?? {})
  const read = (useCall as unknown as LooseUseCall)(name, paged, options)
  const answer = read.data as Paged | undefined
  const latest = useRef(input)
  latest.current = input
  return useMemo(() => {
    const next = answer?.next_cursor
    return {
      rows: answer?.data as ItemOf<Name>[] | undefined,
      read: read as Read<unknown>,
      page: cursors.length + 1,
      next: next && !read.isPlaceholderData ? () => setTrail({ asked, cursors: [...cursors, next] }) : null,
      previous: cursors.length > 0 ? () => setTrail({ asked, cursors: cursors.slice(0, -1) }) : null,
      all: (rows_max: number) => allRows<ItemOf<Name>>(name, latest.current, rows_max),
    }
    // `cursors` follows from `trail` and `asked`, so it need not stand here
  }, [answer, read, asked, trail, name])
}

interface LooseInput {
  params?: unknown
  query?: Record<string, unknown>
  body?: Record<string, unknown>
}
type LooseUseCall = (name: string, input: LooseInput, options?: ReadOptions) => Read<unknown>

/** GET lists take `limit` and `cursor` in the query, POST lists (people behind a condition) in the body. */
function withPaging(name: string, input: LooseInput | undefined, paging: Record<string, unknown>): LooseInput {
  const part = name.startsWith('POST ') ? 'body' : 'query'
  return { ...input, [part]: { ...input?.[part], ...paging } }
}

async function allRows<Item>(name: string, input: LooseInput | undefined, rows_max: number): Promise<Item[]> {
  const rows: Item[] = []
  let cursor: string | null | undefined
  do {
    // a list without pages refuses `limit`: only lists that were asked with one are asked with more
    const limited = (input?.query ?? input?.body)?.['limit'] ? { limit: downloadPage } : {}
    const asked = withPaging(name, input, { ...limited, ...(cursor ? { cursor } : {}) })
    const answer = (await callByName(name, asked, {})) as Paged
    rows.push(...(answer.data as Item[]))
    cursor = answer.next_cursor
  } while (cursor && rows.length < rows_max)
  return rows.slice(0, rows_max)
}
