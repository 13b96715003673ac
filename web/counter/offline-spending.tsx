/** Points that pay while there is no network: where the owner allows it, for who shows a code and is known here. */
import { useState } from 'react'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { grossOf, type Basket } from './basket.ts'
import { useJournal } from './journal.ts'
import { pointsUsable, readCode, type KnownMember, type ReadCode } from './known.ts'
import { Button, Field, Sheet } from './parts.tsx'
import { worthOf } from './reckoning.ts'
import { ScanPart } from './scan-part.tsx'
import { deviceNow, keptWork } from './device.ts'

/** Whose code was taken, and how many of their points pay. */
export interface OfflineSpend {
  code: string
  /** By the device's own clock, ISO 8601. */
  shown_at: string
  member: KnownMember
  points: number
  worth_minor: number
}

/** What was chosen, as long as this basket allows it: one that became smaller takes no points until asked anew. */
export function useOfflineSpend(basket: Basket): [OfflineSpend | null, (spend: OfflineSpend | null) => void] {
  const [spend, setSpend] = useState<OfflineSpend | null>(null)
  const journal = useJournal()
  const work = keptWork()
  if (!spend || spend.points === 0) return [spend, setSpend]
  const most = work ? pointsUsable({ ...spend, amount_minor: grossOf(basket) }, work, journal) : 0
  return [spend.points > most ? { ...spend, points: 0, worth_minor: 0 } : spend, setSpend]
}

interface Props {
  basket: Basket
  member_id: string | null
  spend: OfflineSpend | null
  change: (spend: OfflineSpend | null) => void
}

export function OfflineSpending({ basket, member_id, spend, change }: Props) {
  const { t } = useTexts()
  const work = keptWork()
  const rule = work?.pays
  // what is left out of paying is known of the program's goods alone
  const isClear = basket.lines.length === 0 || rule?.excluded_categories.length === 0
  if (!work || !rule?.pays_goods || work.rules.offline_points_a_receipt_max === 0 || !isClear) return null
  return (
    <Sheet title={t('counter:offlinePoints')}>
      {spend ? (
        <Chosen {...{ basket, spend, change }} work={{ ...work, pays: rule }} />
      ) : (
        <CodeField
          member_id={member_id}
          taken={(code, member) => change({ code, member, shown_at: deviceNow(), points: 0, worth_minor: 0 })}
        />
      )}
    </Sheet>
  )
}

type Refused = Extract<ReadCode, { why: string }>['why'] | 'other'

function CodeField(props: { member_id: string | null; taken: (code: string, member: KnownMember) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const journal = useJournal()
  const [code, setCode] = useState('')
  const [why, setWhy] = useState<Refused | null>(null)
  const take = (shown: string) => {
    const read = readCode(shown, format.present(), journal)
    const isOther = 'member' in read && props.member_id !== null && read.member.member_id !== props.member_id
    setWhy(isOther ? 'other' : 'why' in read ? read.why : null)
    if ('member' in read && !isOther) props.taken(shown.trim(), read.member)
  }
  return (
    <div className="stack">
      <p className="muted">{t('counter:offlinePointsHint')}</p>
      <form
        className="side level"
        onSubmit={(event) => {
          event.preventDefault()
          take(code)
        }}
      >
        <div>
          <Field label={t('counter:spendCodeField')} value={code} onChange={({ target }) => setCode(target.value)} />
        </div>
        <Button type="submit" disabled={code.trim() === ''}>
          {t('counter:spendCodeTake')}
        </Button>
      </form>
      <ScanPart found={take} />
      {why && (
        <p className="notice warn" role="alert">
          {t(`counter:offlineCode.${why}`)}
        </p>
      )}
    </div>
  )
}

interface ChosenProps extends Pick<Props, 'basket' | 'change'> {
  spend: OfflineSpend
  work: Parameters<typeof pointsUsable>[1] & { pays: Parameters<typeof worthOf>[1] }
}

function Chosen({ basket, spend, change, work }: ChosenProps) {
  const { t } = useTexts()
  const format = useFormat()
  const journal = useJournal()
  const { member } = spend
  const most = pointsUsable({ member, amount_minor: grossOf(basket) }, work, journal)
  const set = (points: number) => change({ ...spend, points, worth_minor: worthOf(points, work.pays) })
  return (
    <div className="stack">
      <p>
        <strong>{member.name}</strong>{' '}
        <span className="muted">
          {t('counter:offlineKnown', {
            count: member.available,
            points: format.points(member.available),
            ago: format.relative(format.presentAt(member.seen_at)),
          })}
        </span>
      </p>
      <p role="status">
        {most === 0
          ? t('counter:offlinePointsNone')
          : t('counter:pointsWorth', {
              points: format.points(spend.points),
              money: format.money(spend.worth_minor),
            })}
      </p>
      <div className="side">
        <Button aria-pressed={spend.points === 0} onClick={() => set(0)}>
          {t('counter:none')}
        </Button>
        {most > 0 && (
          <Button aria-pressed={spend.points === most} onClick={() => set(most)}>
            {t('counter:max')}: {format.points(most)}
          </Button>
        )}
        <Button onClick={() => change(null)}>{t('counter:offlineOther')}</Button>
      </div>
    </div>
  )
}
