/** What the member may put on this purchase: coupons, the best by themselves or by code, and points. */
import { useState } from 'react'
import { useFormat } from '../kit/format.ts'
import { nameIn, textOf, useTexts } from '../kit/i18n.ts'
import type { Basket, Quote } from './basket.ts'
import type { AtTill } from './member-page.tsx'
import { Button, Field, Sheet } from './parts.tsx'
import { SpendCode } from './spend-code.tsx'

interface Props {
  member: AtTill
  basket: Basket
  quote: Quote | null
  change: (by: (now: Basket) => Basket) => void
}

export function Spending({ member, basket, quote, change }: Props) {
  const { t } = useTexts()
  const [code, setCode] = useState('')
  const add = () => {
    const wanted = code.trim()
    if (wanted) change((now) => ({ ...now, codes: [...new Set([...now.codes, wanted])] }))
    setCode('')
  }
  return (
    <Sheet>
      {!member.may_spend && holdsAny(member) && <SpendCode member={member} />}
      {member.coupons.length > 0 && <Picking {...{ member, basket, quote, change }} />}
      <form
        className="side level"
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <div>
          <Field label={t('counter:code')} value={code} onChange={(event) => setCode(event.target.value)} />
        </div>
        <Button type="submit" disabled={code.trim() === ''}>
          {t('counter:addCode')}
        </Button>
      </form>
      {basket.codes.map((one) => (
        <Button
          key={one}
          kind="bare"
          aria-label={t('counter:removeCode', { code: one })}
          onClick={() => change((now) => ({ ...now, codes: now.codes.filter((other) => other !== one) }))}
        >
          {one} ×
        </Button>
      ))}
      {member.may_spend && (
        <>
          <Points {...{ basket, quote, change }} />
          <StoredValue {...{ member, basket, change }} />
        </>
      )}
    </Sheet>
  )
}

/** Something of theirs could pay or take off. */
const holdsAny = ({ points, coupons, cards }: AtTill) =>
  points.available + points.pooled > 0 ||
  coupons.length > 0 ||
  cards.some(({ kind, available }) => kind === 'value' && available > 0)

/** Each coupon with what it would save alone; the best together are ticked until a hand picks. */
function Picking({ member, basket, quote, change }: Props) {
  const { t } = useTexts()
  const format = useFormat()
  const used = (quote?.coupons ?? []).flatMap(({ coupon_id }) => (coupon_id ? [coupon_id] : []))
  const chosen = basket.picked ?? used
  const pick = (coupon_id: string, isOn: boolean) =>
    change((now) => {
      const others = chosen.filter((one) => one !== coupon_id)
      return { ...now, picked: isOn ? [...others, coupon_id] : others }
    })
  return (
    <fieldset className="plain" disabled={!member.may_spend}>
      <legend className="label">{t('counter:coupons')}</legend>
      <label className="tick">
        <input
          type="checkbox"
          checked={member.may_spend && basket.picked === null}
          onChange={(event) => change((now) => ({ ...now, picked: event.target.checked ? null : used }))}
        />
        {t('counter:best')}
      </label>
      {(quote?.choices ?? []).map(({ coupon_id, name, discount_minor, refusals }) => {
        const [why] = refusals
        const saves = why
          ? textOf(`errors:${why.code}`, why.code, why.params)
          : t('counter:saves', { money: format.money(discount_minor) })
        if (!coupon_id) return null
        return (
          <label className="tick" key={coupon_id}>
            <input
              type="checkbox"
              checked={chosen.includes(coupon_id)}
              disabled={Boolean(why) && !chosen.includes(coupon_id)}
              onChange={(event) => pick(coupon_id, event.target.checked)}
            />
            <span className="grow">
              {name} <span className="muted small">{saves}</span>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

/** The member's own first; what mates of the pool would lend is asked for by a tap of its own. */
function Points({ basket, quote, change }: Omit<Props, 'member'>) {
  const { t } = useTexts()
  const format = useFormat()
  const own = quote?.points.usable_max ?? 0
  const all = quote?.points.usable_pooled_max ?? 0
  const [isPooled, setPooled] = useState(basket.points !== 'max' && basket.points > own)
  const most = isPooled ? Math.max(own, all) : own
  if (all === 0 && basket.points === 0) return null
  const chosen = basket.points === 'max' ? own : Math.min(basket.points, most)
  const set = (points: Basket['points']) => change((now) => ({ ...now, points }))
  const used = quote?.points.used ?? 0
  const pooled = quote?.points.pooled ?? 0
  const borrow = () => {
    setPooled(!isPooled)
    if (isPooled) set('max')
    else set(all)
  }
  return (
    <div className="stack" style={{ marginTop: 8 }}>
      <label className="label" htmlFor="points">
        {t('counter:pointsToUse')}
      </label>
      {most > 0 && (
        <input
          id="points"
          type="range"
          min={0}
          max={most}
          value={chosen}
          aria-valuetext={t('counter:pointsOf', { count: chosen, points: format.points(chosen) })}
          onChange={(event) => set(Number(event.target.value))}
        />
      )}
      <p>
        {t('counter:pointsWorth', {
          points: format.points(used),
          money: format.money(quote?.points.worth_minor ?? 0),
        })}
        {pooled > 0 && (
          <>
            <br />
            {t('counter:pooledUsed', { points: format.points(pooled) })}
          </>
        )}
      </p>
      <div className="side">
        <Button aria-pressed={basket.points === 0} onClick={() => set(0)}>
          {t('counter:none')}
        </Button>
        <Button aria-pressed={basket.points === 'max'} onClick={() => set('max')}>
          {t('counter:max')}: {format.points(own)}
        </Button>
      </div>
      {all > own && (
        <Button aria-pressed={isPooled} onClick={borrow}>
          {isPooled ? t('counter:pooledOnlyOwn') : `${t('counter:pooledMore')}: ${format.points(all)}`}
        </Button>
      )}
    </div>
  )
}

/** Cards with money on them: each pays as much as it can, or nothing. */
function StoredValue({ member, basket, change }: Omit<Props, 'quote'>) {
  const { t, language } = useTexts()
  const format = useFormat()
  const cards = member.cards.filter(({ kind, available }) => kind === 'value' && available > 0)
  return cards.map(({ card_definition_id: id, names, available }) => (
    <label key={id} className="tick">
      <input
        type="checkbox"
        checked={basket.cards.includes(id)}
        onChange={({ target }) =>
          change((now) => {
            const others = now.cards.filter((one) => one !== id)
            return { ...now, cards: target.checked ? [...others, id] : others }
          })
        }
      />
      {t('counter:payFrom', { card: nameIn(names, language, ''), money: format.money(available) })}
    </label>
  ))
}
