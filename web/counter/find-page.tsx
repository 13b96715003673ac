/** One field: a phone said aloud, a name, or a scanned card. Who is meant stands below as one types. */
import { useEffect, useRef, useState } from 'react'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { call, type Answer, type Row } from '../kit/call.ts'
import { useCall, type Read } from '../kit/use-call.ts'
import { useClerk, useTill } from './clerk.tsx'
import { channelOf } from './device.ts'
import { Coming, Field, Foot, Problem, Step } from './parts.tsx'
import { go } from './place.ts'
import { ScanPart } from './scan-part.tsx'
import { useSettled } from './typing.ts'

type Seen = Row<'GET /v1/till/members'>

/** Shorter than between two keys of a fast hand, so that a gun's burst is one question. */
const pauseMs = 120
/** As the server looks: the end of a phone from four digits on; one Chinese sign, but no single Latin letter. */
const isEnough = (text: string) =>
  /^[+\d\s\-()]+$/.test(text) ? text.replace(/\D/g, '').length >= 4 : /\p{Script=Han}/u.test(text) || text.length >= 2
const isPhone = (text: string) => /^[+\d][\d\s\-()]{5,}$/.test(text)

export function FindPage() {
  const { t } = useTexts()
  const { isOffline } = useClerk()
  const till = channelOf(useTill())
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const search = useSettled(text.trim(), pauseMs)
  const enough = isEnough(search)
  const read = useCall('GET /v1/till/members', { query: { search } }, { enabled: enough && !isOffline })
  useTypeAnywhere(field)
  const [problem, setProblem] = useState<unknown>(null)
  const open = async (wanted: string) => {
    setProblem(null)
    await openOnly(wanted, till).catch(setProblem)
  }
  const hits = enough ? (read.data?.data ?? []) : []
  const isCurrent = !read.isPlaceholderData && search === text.trim()
  return (
    <>
      <h1 className="hidden">{t('counter:app')}</h1>
      <form
        role="search"
        className="field large"
        onSubmit={(event) => {
          event.preventDefault()
          void open(text.trim())
        }}
      >
        <Field
          label={t('counter:find')}
          hint={t(
            isOffline ? 'counter:offlineNoLook' : search && !enough ? 'counter:findTooShort' : 'counter:findHint',
          )}
          inputRef={field}
          autoFocus
          type="text"
          enterKeyHint="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      {!isOffline && (
        <ScanPart
          found={(code) => {
            setText(code)
            void open(code)
          }}
        />
      )}
      {problem !== null && <Problem error={problem} />}
      {enough && <Results {...{ read, hits, search, isCurrent, isOffline }} />}
      <div className="side">
        <Step to={isPhone(search) && hits.length === 0 ? `/join?phone=${encodeURIComponent(search)}` : '/join'}>
          {t('counter:join')}
        </Step>
      </div>
      <Foot>
        <Step to="/sale">{t('counter:noMember')}</Step>
      </Foot>
    </>
  )
}

interface ResultsProps {
  read: Read<Answer<'GET /v1/till/members'>>
  hits: readonly Seen[]
  search: string
  isCurrent: boolean
  isOffline: boolean
}

/** Who may be meant, or that nobody is. */
function Results({ read, hits, search, isCurrent, isOffline }: ResultsProps) {
  const { t } = useTexts()
  return (
    <>
      {!isOffline && read.isPending && <Coming />}
      {read.isError && !read.data && <Problem error={read.error} retry={() => void read.refetch()} />}
      {hits.length > 0 && (
        <section
          className="sheet rows"
          aria-busy={!isCurrent}
          aria-label={t('counter:found', { count: hits.length })}
        >
          {hits.map((one) => (
            <Hit key={one.member_id} one={one} />
          ))}
        </section>
      )}
      {isCurrent && read.data && hits.length === 0 && (
        <div className="notice" role="status">
          <p>{t('counter:nobody', { search })}</p>
          <p className="muted small">{t('counter:nobodyHint')}</p>
        </div>
      )}
    </>
  )
}

/** What a member's phone or card shows: our signed code, or a long number. */
const isCode = (text: string) =>
  /^[^.\s]+(\.[^.\s]+){3}$/.test(text) || text.replace(/[\s.·-]/g, '').match(/^\d{12,20}$/)

/**
 * Enter, a gun that ends with it, or the camera: if one person alone is meant, their screen opens. A code that says
 * nobody by itself is asked for its member; throws what is wrong with it.
 */
async function openOnly(search: string, till: string): Promise<void> {
  if (search === '') return
  const { data } = await call('GET /v1/till/members', { query: { search } }).catch(() => ({ data: [] as Seen[] }))
  if (data.length === 1) return go(`/members/${data[0]!.member_id}`)
  if (data.length > 0 || !isCode(search)) return
  const { member_id } = await call('POST /v1/till/members/identify', { body: { code: search, till } })
  go(`/members/${member_id}`)
}

/** A gun types wherever the focus happens to be: what is typed on the bare screen goes into the field. */
function useTypeAnywhere(field: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      const isBare = !(event.target instanceof HTMLElement) || !event.target.closest('input, button, a, select')
      if (isBare && event.key.length === 1 && !event.ctrlKey && !event.metaKey) field.current?.focus()
    }
    window.addEventListener('keydown', typed)
    return () => window.removeEventListener('keydown', typed)
  }, [field])
}

function Hit({ one }: { one: Seen }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const tier = one.kind === 'member' ? nameIn(one.tier_names, language, t('counter:member')) : t('counter:guest')
  return (
    <a
      className="row"
      href={`/counter/members/${one.member_id}`}
      onClick={(event) => {
        event.preventDefault()
        go(`/members/${one.member_id}`)
      }}
    >
      <span className="grow">
        <strong>{one.display_name ?? one.phone ?? `#${one.number}`}</strong>{' '}
        <span className="muted small">{one.phone}</span>
        <br />
        <span className="muted small">
          {one.last_order_at
            ? t('counter:lastVisit', { ago: format.relative(one.last_order_at) })
            : t('counter:firstVisit')}
        </span>
      </span>
      <span className="tag">{tier}</span>
    </a>
  )
}
