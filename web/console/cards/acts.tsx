/** What is done with a card by hand: paying in, using, giving and taking, paying back. */
import { Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { ChoiceField, LongTextField, MoneyField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { newId } from '../../kit/new-id.ts'
import { BlockSkeleton, Refused } from '../../kit/states.tsx'
import { useForm, type Form } from '../../kit/use-form.ts'
import { MemberCode } from '../member-code.tsx'
import { useMay } from '../session.tsx'
import { Why } from '../why.tsx'
import type { OwnedCard } from './member-part.tsx'
import { useUnits, type Card, type ValueRule } from './words.ts'

const refresh = () => touch('cards', 'members', 'gifts')

export function TopUpForm(props: {
  member_id: string
  kinds: readonly Card[]
  wanted: OwnedCard | null
  close: () => void
}) {
  const { member_id, kinds, wanted, close } = props
  const { t, language } = useTexts()
  const isLimited = !useMay()('till:manage')
  // sent again after a lost answer it is the same payment
  const [source_id] = useState(newId)
  const form = useForm<TopUpValues>({
    initial: {
      approval: '',
      card_definition_id: wanted?.card_definition_id ?? kinds[0]!.card_definition_id,
      paid_minor: null,
      packs: 1,
    },
    check: ({ card_definition_id, paid_minor }): Record<string, string> =>
      kinds.find((one) => one.card_definition_id === card_definition_id)?.kind === 'value' && !paid_minor
        ? { '/paid_minor': t('cards:needUnits') }
        : {},
    save: async ({ card_definition_id, paid_minor, packs, approval }) => {
      await call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
        params: { member_id, card_definition_id },
        query: approval.trim() ? { approval: approval.trim() } : {},
        body: { source_id, ...(chosen?.kind === 'value' ? { paid_minor: paid_minor! } : { packs: packs ?? 1 }) },
      })
      await refresh()
    },
    saved: close,
  })
  const chosen = kinds.find((one) => one.card_definition_id === form.values.card_definition_id)
  const rule = chosen?.rule
  return (
    <FormFrame form={form} verb={t(rule?.kind === 'sessions' ? 'cards:sell' : 'cards:topUp')} cancel={close}>
      {kinds.length > 1 && !wanted && (
        <ChoiceField
          field={alwaysChosen(form.field('card_definition_id'))}
          label={t('cards:chooseCard')}
          choices={kinds.map((one) => ({ value: one.card_definition_id, label: nameIn(one.names, language, '') }))}
        />
      )}
      {rule && <PaidFields {...{ form, rule }} />}
      {isLimited && (
        <TextField
          field={form.field('approval')}
          label={t('cards:approval')}
          consequence={t('cards:approvalHint')}
          maxLength={12}
        />
      )}
    </FormFrame>
  )
}

interface TopUpValues {
  card_definition_id: string
  paid_minor: number | null
  packs: number | null
  approval: string
}

/** What is paid in, or how many packs are sold, with what comes of it. */
function PaidFields({ form, rule }: { form: Form<TopUpValues>; rule: Card['rule'] }) {
  const { t } = useTexts()
  const format = useFormat()
  const units = useUnits()
  const bonusLine = useBonusLine()
  const packs = form.values.packs ?? 1
  return (
    <>
      {rule.kind === 'value' && (
        <MoneyField
          field={form.field('paid_minor')}
          label={t('cards:amount')}
          consequence={bonusLine(rule, form.values.paid_minor ?? 0)}
          min={1}
          required
        />
      )}
      {rule.kind === 'sessions' && (
        <NumberField
          field={form.field('packs')}
          label={t('cards:packs')}
          consequence={t('cards:packGets', {
            uses: units('sessions', rule.uses * packs),
            paid: format.money(rule.price_minor * packs),
          })}
          min={1}
          max={20}
        />
      )}
    </>
  )
}

/** What is given on top of so much, or from how much on there is something. */
function useBonusLine(): (rule: ValueRule, paid: number) => string | undefined {
  const { t } = useTexts()
  const format = useFormat()
  return ({ bonuses }, paid) => {
    const reached = bonuses.filter((step) => step.from_minor <= paid)
    const best = reached.reduce<(typeof reached)[number] | null>(
      (a, b) => (a && a.from_minor > b.from_minor ? a : b),
      null,
    )
    if (best) return t('cards:bonusGets', { bonus: format.money(best.bonus_minor) })
    if (bonuses.length === 0) return undefined
    return t('cards:noBonus', { from: format.money(Math.min(...bonuses.map((step) => step.from_minor))) })
  }
}

export function UseForm({ card, close }: { card: OwnedCard; close: () => void }) {
  const { t } = useTexts()
  const units = useUnits()
  const { member_id, card_definition_id, kind, available } = card
  const [source_id] = useState(newId)
  const form = useForm<{ units: number | null }>({
    initial: { units: kind === 'sessions' ? 1 : null },
    check: (values): Record<string, string> => (values.units ? {} : { '/units': t('cards:needUnits') }),
    save: async (values) => {
      const params = { member_id, card_definition_id }
      const body = { units: values.units!, source_id }
      await call('POST /v1/till/members/:member_id/cards/:card_definition_id/uses', { params, body })
      await refresh()
    },
    saved: close,
  })
  const hint = `${t('cards:balance')}: ${units(kind, available)}`
  return (
    <FormFrame form={form} verb={t('cards:use')} cancel={close}>
      {kind === 'value' ? (
        <MoneyField field={form.field('units')} label={t('cards:amount')} consequence={hint} min={1} required />
      ) : (
        <NumberField
          field={form.field('units')}
          label={t('cards:useUnits')}
          consequence={hint}
          min={1}
          max={available}
          required
        />
      )}
      <MemberCode error={form.error} member_id={member_id} again={form.submit} />
    </FormFrame>
  )
}

export function AdjustForm({ card, close }: { card: OwnedCard; close: () => void }) {
  const { t } = useTexts()
  const { member_id, card_definition_id, kind } = card
  const form = useForm<{ units: number | null; reason: string }>({
    initial: { units: null, reason: '' },
    check: ({ units, reason }): Record<string, string> => ({
      ...(units ? {} : { '/units': t('cards:needUnits') }),
      ...(reason.trim() ? {} : { '/reason': t('cards:needReason') }),
    }),
    save: async ({ units, reason }) => {
      const params = { member_id, card_definition_id }
      const body = { units: units!, reason: reason.trim() }
      await call('POST /v1/admin/members/:member_id/cards/:card_definition_id/adjustments', { params, body })
      await refresh()
    },
    saved: close,
  })
  return (
    <FormFrame form={form} verb={t('cards:adjust')} cancel={close}>
      {kind === 'value' ? (
        <MoneyField
          field={form.field('units')}
          label={t('cards:amount')}
          consequence={t('cards:adjustUnitsHint')}
          required
        />
      ) : (
        <NumberField
          field={form.field('units')}
          label={t('cards:adjustUnits')}
          consequence={t('cards:adjustUnitsHint')}
          required
        />
      )}
      <LongTextField field={form.field('reason')} label={t('cards:reason')} rows={2} required />
    </FormFrame>
  )
}

const refundRoute = 'POST /v1/admin/members/:member_id/cards/:card_definition_id/refund'
type Refunded = Answer<typeof refundRoute>

/** Asks first what would come back, and says it before anything moves. */
export function RefundCard({ card, name, close }: { card: OwnedCard; name: string; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const { member_id, card_definition_id } = card
  const reason = t('cards:refund')
  const [asked, setAsked] = useState<Refunded | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    let isHere = true
    call(refundRoute, { params: { member_id, card_definition_id }, body: { reason } }, { dry_run: true })
      .then((answer) => isHere && setAsked(answer))
      .catch((thrown: unknown) => isHere && setError(thrown))
    return () => void (isHere = false)
  }, [member_id, card_definition_id, reason])
  const amount = asked ? format.money(-asked.paid_minor) : ''
  return (
    <Confirm
      opened
      close={close}
      title={t('cards:refundTitle', { card: name })}
      verb={t('cards:refundVerb', { amount })}
      dangerous
      act={async () => {
        await call(refundRoute, { params: { member_id, card_definition_id }, body: { reason } })
        await refresh()
      }}
    >
      {asked && <Text>{t('cards:refundText', { amount })}</Text>}
      {asked && <Why why={asked.why} />}
      {!asked && !error && <BlockSkeleton height={60} />}
      {error ? <Refused error={error} /> : null}
    </Confirm>
  )
}
