/** Money for a card, or a pack of sessions: taken in once, whatever becomes of the answer. */
import { useEffect, useId, useRef, useState, type Dispatch, type SetStateAction } from 'react'
import { ApiError, call, touch, type Answer } from '../kit/call.ts'
import { minorOf, useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { newId } from '../kit/new-id.ts'
import { ActingProblem, useActing, type Acting } from './acting.tsx'
import { isOfMoment } from './answers.ts'
import { useClerk, useTill } from './clerk.tsx'
import type { Work } from './device.ts'
import type { AtTill } from './member-page.tsx'
import { Act, Button, Field } from './parts.tsx'
import { keepTopUp, sentTopUp, type SentTopUp } from './sent-top-up.ts'
import { useWork } from './work.ts'

const name = 'POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups'
type Sold = Work['cards'][number]
type Taken = Answer<typeof name>

export function TopUp({ member }: { member: AtTill }) {
  const { t } = useTexts()
  const sold = useWork()?.cards ?? []
  const { member_id } = member
  const [sent, setSent] = useState<SentTopUp | null | undefined>(undefined)
  useEffect(() => {
    // a device that does not answer says so when something is to be written
    sentTopUp(member_id).then(setSent, () => setSent(null))
  }, [member_id])
  if (sold.length === 0 || sent === undefined) return null
  return (
    <Act
      title={t(sold.every(({ kind }) => kind === 'sessions') ? 'counter:topUpPacks' : 'counter:topUp')}
      isBegun={sent !== null}
    >
      <Form {...{ member, sold }} before={sent} />
    </Act>
  )
}

/** Nobody knows what became of it: the network was lost, or the server broke. */
const isUnknown = (thrown: unknown) =>
  !(thrown instanceof ApiError) || thrown.status === 0 || thrown.status >= 500 || isOfMoment(thrown)

/** What is sent stays on the device until there is an answer, also when the browser is closed meanwhile. */
function useSent(member_id: string, before: SentTopUp | null, done: () => void, wanted: () => SentTopUp) {
  const [sent, setSent] = useState(before)
  // what cannot be crossed out is asked about once more, and counts once
  const forget = async () => {
    await keepTopUp(member_id, null).catch(() => undefined)
    setSent(null)
  }
  const acting = useActing(
    async (query) => {
      const one = sent ?? wanted()
      const { card_definition_id, body } = one
      await keepTopUp(member_id, one)
      try {
        return await call(name, { params: { member_id, card_definition_id }, query, body })
      } catch (thrown) {
        if (isUnknown(thrown)) setSent(one)
        else await forget()
        throw thrown
      }
    },
    async () => {
      await forget()
      done()
      await touch('members')
    },
  )
  return { sent, forget: () => void forget(), acting }
}

interface FormProps {
  member: AtTill
  sold: readonly Sold[]
  /** Sent before, and not answered. */
  before: SentTopUp | null
}

function Form({ member, sold, before }: FormProps) {
  const { t } = useTexts()
  const format = useFormat()
  const { isOffline } = useClerk()
  const { store_id } = useTill()
  const { member_id } = member
  const own = sold.find((one) => member.cards.some((held) => held.card_definition_id === one.card_definition_id))
  const [chosen, setChosen] = useState((own ?? sold[0]!).card_definition_id)
  const [many, setMany] = useState('')
  const [paidBy, setPaidBy] = useState('')
  // pressed again after a refusal it is the same payment, unless what is on it has changed
  const source_id = useRef('')
  const card = sold.find((one) => one.card_definition_id === chosen) ?? sold[0]!
  const { card_definition_id } = card
  const paid_minor = paidFor(card, many, format.currency_decimals)
  const { sent, forget, acting } = useSent(
    member_id,
    before,
    () => {
      source_id.current = ''
      setMany('')
    },
    () => {
      source_id.current ||= newId()
      const paid = card.kind === 'value' ? { paid_minor: paid_minor! } : { packs: Number(many) }
      const body = { ...paid, source_id: source_id.current, store_id, paid_by: paidBy.trim() || null }
      return { card_definition_id, paid_minor: paid_minor!, body }
    },
  )
  const anew = (set: Dispatch<SetStateAction<string>>) => (value: string) => {
    source_id.current = ''
    set(value)
  }
  if (sent) return <Unanswered {...{ sent, forget, acting }} />
  return (
    <div className="stack">
      <Fields
        {...{ sold, card, many, paidBy, paid_minor }}
        choose={anew(setChosen)}
        type={anew(setMany)}
        setPaidBy={anew(setPaidBy)}
      />
      {acting.result && <Done taken={acting.result} />}
      <ActingProblem {...{ acting, member_id }} />
      <Button disabled={!paid_minor || acting.isSending || isOffline} onClick={acting.run}>
        {paid_minor ? t('counter:topUpDo', { money: format.money(paid_minor) }) : t('counter:topUp')}
      </Button>
    </div>
  )
}

/** What is to be paid, in minor units; null: nothing that could be taken. */
function paidFor({ rule }: Sold, many: string, decimals: number): number | null {
  if (rule.kind === 'value') {
    const paid = minorOf(many, decimals)
    return paid !== null && paid > 0 && paid >= rule.minimum_minor ? paid : null
  }
  const packs = Number(many)
  return rule.kind === 'sessions' && Number.isInteger(packs) && packs > 0 ? packs * rule.price_minor : null
}

interface FieldsProps {
  sold: readonly Sold[]
  card: Sold
  many: string
  paidBy: string
  paid_minor: number | null
  choose: (card_definition_id: string) => void
  type: (many: string) => void
  setPaidBy: (paidBy: string) => void
}

function Fields({ sold, card, many, paidBy, paid_minor, choose, type, setPaidBy }: FieldsProps) {
  const { t, language } = useTexts()
  const ids = useId()
  const what = useWhatComes()
  const nameOf = ({ names }: Sold) => nameIn(names, language, '')
  const ways = (['cash', 'card', 'mobile', 'transfer'] as const).map((way) => t(`counter:paidByWays.${way}`))
  return (
    <>
      {sold.length > 1 ? (
        <div className="field">
          <label htmlFor={`${ids}-card`}>{t('counter:topUpCard')}</label>
          <select id={`${ids}-card`} value={card.card_definition_id} onChange={({ target }) => choose(target.value)}>
            {sold.map((one) => (
              <option key={one.card_definition_id} value={one.card_definition_id}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        </div>
      ) : (
        <p className="label">{nameOf(card)}</p>
      )}
      <Field
        label={t(card.kind === 'value' ? 'counter:amount' : 'counter:packs')}
        hint={what(card, many, paid_minor)}
        inputMode={card.kind === 'value' ? 'decimal' : 'numeric'}
        maxLength={12}
        value={many}
        onChange={(event) => type(event.target.value)}
      />
      <Field
        label={t('counter:paidBy')}
        hint={t('counter:paidByHint')}
        list={`${ids}-ways`}
        maxLength={60}
        value={paidBy}
        onChange={(event) => setPaidBy(event.target.value)}
      />
      <datalist id={`${ids}-ways`}>
        {ways.map((way) => (
          <option key={way} value={way} />
        ))}
      </datalist>
    </>
  )
}

/** What comes of what is typed: the least that is taken, what is given on top, how many uses. */
function useWhatComes() {
  const { t } = useTexts()
  const format = useFormat()
  return ({ rule }: Sold, many: string, paid: number | null): string => {
    if (rule.kind === 'sessions') {
      const packs = paid === null ? 1 : Number(many)
      return t('counter:packGets', { count: rule.uses * packs, money: format.money(rule.price_minor * packs) })
    }
    if (rule.kind !== 'value') return ''
    if (paid === null) return t('counter:topUpFrom', { money: format.money(rule.minimum_minor) })
    // the highest step that is reached, as the server counts; none reached: the nearest one
    const steps = [...rule.bonuses].sort((a, b) => a.from_minor - b.from_minor)
    const best = steps.findLast(({ from_minor }) => from_minor <= paid)
    if (best) return t('counter:topUpBonus', { money: format.money(best.bonus_minor) })
    const next = steps[0]
    return next
      ? t('counter:topUpNext', { from: format.money(next.from_minor), money: format.money(next.bonus_minor) })
      : ''
  }
}

function Done({ taken: { paid_minor, card } }: { taken: Taken }) {
  const { t } = useTexts()
  const format = useFormat()
  const now =
    card.kind === 'value' ? format.money(card.available) : t('counter:cardSessions', { count: card.available })
  return (
    <p className="good" role="status">
      {t('counter:topUpDone', { money: format.money(paid_minor), now })}
    </p>
  )
}

interface UnansweredProps {
  sent: SentTopUp
  forget: () => void
  acting: Acting<Taken>
}

/** The answer got lost: the same payment is sent again, under its name. */
function Unanswered({ sent, forget, acting }: UnansweredProps) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <div className="stack">
      <p className="notice warn" role="alert">
        {t('counter:topUpUnknown', { money: format.money(sent.paid_minor) })}
      </p>
      <div className="side">
        <Button disabled={acting.isSending} onClick={acting.run}>
          {t('counter:topUpAgain')}
        </Button>
        <Button kind="bare" disabled={acting.isSending} onClick={forget}>
          {t('counter:forget')}
        </Button>
      </div>
    </div>
  )
}
