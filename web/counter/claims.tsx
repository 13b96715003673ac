/** What a member may have today: privileges to use, gifts to hand out, coupons, offers, cards. */
import { useRef, useState, type ReactNode } from 'react'
import { ApiError, call, touch } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { newId } from '../kit/new-id.ts'
import { ActingProblem, isReason, useActing } from './acting.tsx'
import { useTill } from './clerk.tsx'
import { channelOf } from './device.ts'
import type { AtTill } from './member-page.tsx'
import { Button, Field, Problem, Sheet } from './parts.tsx'
import { SpendCode } from './spend-code.tsx'

export function Claims({ member }: { member: AtTill }) {
  const { t } = useTexts()
  const { privileges, gifts, coupons, offers, cards } = member
  const held = privileges.length + gifts.length + coupons.length + offers.length + cards.length
  return (
    <Sheet title={t('counter:claims')}>
      {held === 0 && <p className="muted">{t('counter:noClaims')}</p>}
      {!member.may_spend && (gifts.length > 0 || privileges.some(({ may }) => may)) && <SpendCode member={member} />}
      <Group title={t('counter:gifts')} rows={gifts.map((gift) => [gift.gift_id, <Gift {...{ member, gift }} />])} />
      <Group
        title={t('counter:privileges')}
        rows={privileges.map((held) => [held.privilege_id, <Privilege {...{ member, held }} />])}
      />
      <Coupons coupons={coupons} />
      <Offers offers={offers} />
      <Cards cards={cards} />
    </Sheet>
  )
}

function Group({ title, rows }: { title: string; rows: [string, ReactNode][] }) {
  if (rows.length === 0) return null
  return (
    <>
      <h2 style={{ margin: '12px 0 0' }}>{title}</h2>
      <ul className="rows">
        {rows.map(([key, row]) => (
          <li key={key}>{row}</li>
        ))}
      </ul>
    </>
  )
}

/** Something one does once: a second tap meets the first, and a lost answer is asked for again under the same name. */
function useOnce(act: (source_id: string) => Promise<unknown>) {
  const [state, setState] = useState<'ready' | 'sending' | 'done'>('ready')
  const [error, setError] = useState<unknown>(null)
  const source_id = useRef('')
  const busy = useRef(false)
  const run = async () => {
    if (busy.current) return
    busy.current = true
    source_id.current ||= newId()
    setState('sending')
    setError(null)
    try {
      await act(source_id.current)
      source_id.current = ''
      setState('done')
      await touch('members')
    } catch (thrown) {
      setError(thrown)
      setState('ready')
      // too long ago: the screen asks for the code again
      if (thrown instanceof ApiError && thrown.code === 'till.code_needed') await touch('members')
    }
    busy.current = false
  }
  return { state, error, run: () => void run() }
}

function Privilege({ member, held }: { member: AtTill; held: AtTill['privileges'][number] }) {
  const { t, language } = useTexts()
  const till = useTill()
  const { privilege_id, may, left, why } = held
  const [used, setUsed] = useState<string | null>(null)
  const use = useOnce(async (source_id) => {
    const { use_id } = await call('POST /v1/till/members/:member_id/privileges/:privilege_id/uses', {
      params: { member_id: member.member_id, privilege_id },
      query: { till: channelOf(till) },
      body: { store_id: till.store_id, source_id },
    })
    setUsed(use_id)
  })
  const name = nameIn(held.names, language, '')
  const state = !may
    ? t(why.code === 'used_up' ? 'counter:usedUp' : 'counter:notNow')
    : left === null
      ? t('counter:unlimited')
      : t('counter:left', { count: left })
  return (
    <>
      <div className="row">
        <span className="grow">
          {name}
          <br />
          <span className="muted small">
            {used && <strong className="good">{t('counter:used')} · </strong>}
            {state}
          </span>
        </span>
        <Button
          disabled={!may || !member.may_spend || use.state === 'sending'}
          onClick={use.run}
          aria-label={`${t('counter:use')}: ${name}`}
        >
          {t('counter:use')}
        </Button>
      </div>
      {use.error !== null && <Problem error={use.error} />}
      {used && <Undo {...{ member, name }} use_id={used} undone={() => setUsed(null)} />}
    </>
  )
}

interface UndoProps {
  member: AtTill
  name: string
  use_id: string
  undone: () => void
}

/** A use that was a mistake: it is there again, with the reason kept. */
function Undo({ member, name, use_id, undone }: UndoProps) {
  const { t } = useTexts()
  const [reason, setReason] = useState<string | null>(null)
  const acting = useActing(
    () =>
      call('POST /v1/till/members/:member_id/privilege-uses/:use_id/undo', {
        params: { member_id: member.member_id, use_id },
        body: { reason: reason!.trim() },
      }),
    async () => {
      await touch('members')
      undone()
    },
  )
  if (reason === null) {
    return (
      <Button kind="bare" onClick={() => setReason('')} aria-label={`${t('counter:undo')}: ${name}`}>
        {t('counter:undo')}
      </Button>
    )
  }
  return (
    <div className="stack">
      <Field
        label={t('counter:reason')}
        autoFocus
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <ActingProblem acting={acting} />
      <div className="side">
        <Button onClick={() => setReason(null)}>{t('counter:back')}</Button>
        <Button disabled={!isReason(reason) || acting.isSending} onClick={acting.run}>
          {t('counter:undo')}
        </Button>
      </div>
    </div>
  )
}

function Gift({ member, gift }: { member: AtTill; gift: AtTill['gifts'][number] }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const here = useTill()
  const hand = useOnce(() =>
    call('POST /v1/admin/members/:member_id/gifts/:gift_id/fulfil', {
      params: { member_id: member.member_id, gift_id: gift.gift_id },
      query: { till: channelOf(here), store_id: here.store_id },
    }),
  )
  const name = nameIn(gift.names, language, t('counter:gifts'))
  return (
    <>
      <div className="row">
        <span className="grow">
          {name}
          <br />
          <span className="muted small">
            {format.relative(gift.given_at)}
            {gift.store_name && ` · ${gift.store_name}`}
          </span>
        </span>
        <Button
          disabled={!member.may_spend || hand.state !== 'ready'}
          onClick={hand.run}
          aria-label={`${t('counter:handOut')}: ${name}`}
        >
          {hand.state === 'done' ? t('counter:handedOut') : t('counter:handOut')}
        </Button>
      </div>
      {hand.error !== null && <Problem error={hand.error} />}
    </>
  )
}

function Coupons({ coupons }: Pick<AtTill, 'coupons'>) {
  const { t } = useTexts()
  const format = useFormat()
  const rows = coupons.map((coupon, nth): [string, ReactNode] => [
    coupon.coupon_id ?? `${nth}`,
    <div className="row">
      <span className="grow">{coupon.name}</span>
      {coupon.expires_on && (
        <span className="muted small">{t('counter:until', { day: format.day(coupon.expires_on) })}</span>
      )}
    </div>,
  ])
  return <Group title={t('counter:coupons')} rows={rows} />
}

function Offers({ offers }: Pick<AtTill, 'offers'>) {
  const { t, language } = useTexts()
  const format = useFormat()
  const done = ({ measure, progress, amount }: AtTill['offers'][number]) =>
    amount === null
      ? null
      : measure === 'orders'
        ? t('counter:offerOrders', { progress: format.number(progress), amount: format.number(amount) })
        : t('counter:offerSpend', { progress: format.money(progress), amount: format.money(amount) })
  const rows = offers.map((offer): [string, ReactNode] => [
    offer.issue_id,
    <div className="row">
      <span className="grow">
        {nameIn(offer.names, language, '')}
        <br />
        <span className="muted small">
          {offer.closes_at && t('counter:until', { day: format.dayOf(offer.closes_at) })}
        </span>
      </span>
      <span className="figure">{done(offer)}</span>
    </div>,
  ])
  return <Group title={t('counter:offers')} rows={rows} />
}

function Cards({ cards }: Pick<AtTill, 'cards'>) {
  const { t, language } = useTexts()
  const format = useFormat()
  const state = ({ kind, available, size, needed }: AtTill['cards'][number]) =>
    kind === 'stamps' && size !== null
      ? t('counter:cardStamps', { filled: size - (needed ?? size), size })
      : kind === 'value'
        ? format.money(available)
        : t('counter:cardSessions', { count: available })
  const rows = cards.map((card): [string, ReactNode] => [
    card.card_definition_id,
    <div className="row">
      <span className="grow">{nameIn(card.names, language, '')}</span>
      <span className="figure">{state(card)}</span>
    </div>,
  ])
  return <Group title={t('counter:cards')} rows={rows} />
}
