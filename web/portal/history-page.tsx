/** Points that came and went; each says why. */
import { useFormat } from '../kit/format.ts'
import { hasText, nameIn, textOf, useTexts } from '../kit/i18n.ts'
import { useState } from 'react'
import { call, type Row } from '../kit/call.ts'
import { useCall } from '../kit/use-call.ts'
import { whySentences, type Why } from '../kit/why-sentences.ts'
import type { Program } from './app.tsx'
import { Button, Empty, Failed, Waiting } from './parts.tsx'

type Entry = Row<'GET /v1/portal/history'>

export function HistoryPage({ program }: { program: Program }) {
  const { t } = useTexts()
  const read = useCall('GET /v1/portal/history', {})
  const [older, setOlder] = useState<{ rows: Entry[]; cursor: string | null } | null>(null)
  if (!read.data)
    return read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={8} />
  const rows = [...read.data.data, ...(older?.rows ?? [])]
  const cursor = older ? older.cursor : read.data.next_cursor
  const more = async () => {
    const page = await call('GET /v1/portal/history', { query: { cursor: cursor! } })
    setOlder({ rows: [...(older?.rows ?? []), ...page.data], cursor: page.next_cursor })
  }
  return (
    <>
      <h1>{t('portal:history.title')}</h1>
      {rows.length === 0 ? <Empty title={t('portal:history.empty')} hint={t('portal:history.emptyHint')} /> : null}
      <ul className="lines">
        {rows.map((entry) => (
          <EntryLine key={entry.entry_id} entry={entry} program={program} />
        ))}
      </ul>
      {cursor ? <Button onClick={() => void more()}>{t('portal:history.more')}</Button> : null}
    </>
  )
}

function EntryLine({ entry, program }: { entry: Entry; program: Program }) {
  const { t } = useTexts()
  const format = useFormat()
  const { points, order } = entry
  const isGain = points > 0
  // what a rule or a person gave reads as a present; only what was taken is a correction
  const shared = entry.why.params['pool_id'] ? entry.why.codes[0]!.split('.')[1]! : null
  const kind = shared ?? (entry.kind === 'adjust' && isGain ? 'given' : entry.kind)
  return (
    <li>
      <div className="row">
        <span className="name">{textOf(`portal:history.kinds.${kind}`, kind)}</span>
        <span className={`aside figure ${isGain ? 'gain' : ''}`}>
          {isGain ? '+' : ''}
          {format.points(points)}
        </span>
      </div>
      <span className="muted">
        {[
          format.dayOf(entry.at),
          entry.mate_name,
          order ? orderWords(order.store_name, format.money(order.net_minor)) : null,
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      <details>
        <summary>{t('portal:history.why')}</summary>
        <WhyLines why={entry.why as Why} program={program} />
      </details>
    </li>
  )

  function orderWords(store: string | null, money: string): string {
    return store ? t('portal:history.order', { store, money }) : money
  }
}

/** Why it is so many, sentence by sentence. */
export function WhyLines({ why, program }: { why: Why; program: Program }) {
  const { language } = useTexts()
  const format = useFormat()
  const sentences = whySentences(why, {
    format,
    text: (key, params) =>
      hasText(`whys:${key}`) || hasText(`whys:${key}_other`) ? textOf(`whys:${key}`, '', params) || null : null,
    nameOf: (names) => nameIn(names, language, ''),
    tierName: (code) => nameIn(program.tiers.find((tier) => tier.code === code)?.names, language, code),
  })
  return sentences.map((sentence, i) => (
    <p key={i} className="muted">
      {sentence}
    </p>
  ))
}
