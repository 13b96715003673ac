/** Starting, paying and cancelling a plan from the member's page; each says first what it will do, in numbers. */
import { Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { WouldSave } from './member-part.tsx'
import { usePlanWhy, type Held, type Offered } from './words.ts'

const paramsOf = ({ member_id, subscription_id }: Held) => ({ member_id, subscription_id })

/** What was paid names itself, where the number is known: said again it is the same payment. */
const named = (reference: string) => (reference.trim() ? { source: 'payment', source_id: reference.trim() } : {})

function Reference({ value, set }: { value: string; set: (value: string) => void }) {
  const { t } = useTexts()
  return (
    <TextInput
      label={t('plans:payReference')}
      description={t('plans:payReferenceHint')}
      value={value}
      maxLength={200}
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}

interface SellProps {
  member_id: string
  offer: Offered
  name: string
  close: () => void
}

export function SellDialog({ member_id, offer, name, close }: SellProps) {
  const { t } = useTexts()
  const format = useFormat()
  const { plan_id, trial_days } = offer
  const price_minor = offer.price_minor ?? 0
  const [way, choose] = useState<'trial' | 'paid'>(trial_days > 0 ? 'trial' : 'paid')
  const [reference, setReference] = useState('')
  const act = async () => {
    const paid = way === 'paid' ? { amount_minor: price_minor, ...named(reference) } : {}
    await call('POST /v1/admin/members/:member_id/plans', { params: { member_id }, body: { plan_id, ...paid } })
    await Promise.all([touch('plans'), touch('privileges')])
  }
  return (
    <Confirm opened close={close} title={t('plans:sellTitle', { plan: name })} verb={t('plans:sellVerb')} act={act}>
      <Stack gap="sm">
        <div>
          <WouldSave offer={offer} />
        </div>
        <Radio.Group value={way} onChange={(value) => choose(value as 'trial' | 'paid')}>
          <Stack gap="xs">
            {trial_days > 0 && <Radio value="trial" label={t('plans:sellTrial', { count: trial_days })} />}
            <Radio value="paid" label={t('plans:sellPaid', { price: format.money(price_minor) })} />
          </Stack>
        </Radio.Group>
        {way === 'paid' && <Reference value={reference} set={setReference} />}
      </Stack>
    </Confirm>
  )
}

export function PayDialog({ held, close }: { held: Held; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const [reference, setReference] = useState('')
  const amount_minor = held.asked?.price_minor ?? 0
  const price = format.money(amount_minor)
  const act = async () => {
    await call('POST /v1/admin/members/:member_id/plans/:subscription_id/payments', {
      params: paramsOf(held),
      body: { amount_minor, ...named(reference) },
    })
    await touch('plans')
  }
  return (
    <Confirm opened close={close} title={t('plans:payTitle', { price })} verb={t('plans:payVerb')} act={act}>
      <Stack gap="sm">
        <Text size="sm">{t('plans:payText', { day: format.day(held.due_on) })}</Text>
        <Reference value={reference} set={setReference} />
      </Stack>
    </Confirm>
  )
}

export function CancelDialog({ held, name, close }: { held: Held; name: string; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const why = usePlanWhy()
  const isLeaving = held.state === 'cancelled_at_end'
  const [when, choose] = useState<'at_end' | 'now'>(isLeaving ? 'now' : 'at_end')
  const said = useCall('POST /v1/admin/members/:member_id/plans/:subscription_id/cancel', {
    params: paramsOf(held),
    query: { dry_run: 'true' } as never,
    body: { when: 'now' },
  }).data
  const act = async () => {
    await call('POST /v1/admin/members/:member_id/plans/:subscription_id/cancel', {
      params: paramsOf(held),
      body: { when },
    })
    await Promise.all([touch('plans'), touch('privileges')])
  }
  const goesBack = () => {
    if (!said) return undefined
    const because = why(said.why)
    if (said.why.code === 'refund_none') return because
    return said.amount_minor === 0
      ? t('plans:cancelNowNothing', { why: because })
      : t('plans:cancelNowText', { amount: format.money(-said.amount_minor), why: because })
  }
  return (
    <Confirm
      opened
      close={close}
      title={t('plans:cancelTitle', { plan: name })}
      verb={t('plans:cancelVerb')}
      keep={t('kit:keep')}
      dangerous
      act={act}
    >
      <Radio.Group value={when} onChange={(value) => choose(value as 'at_end' | 'now')}>
        <Stack gap="sm">
          {!isLeaving && (
            <Radio
              value="at_end"
              label={t('plans:cancelAtEnd', { day: format.day(held.due_on) })}
              description={t('plans:cancelAtEndText')}
            />
          )}
          <Radio value="now" label={t('plans:cancelNow')} description={goesBack()} />
        </Stack>
      </Radio.Group>
    </Confirm>
  )
}

/** Takes a cancellation back. */
export async function resume(held: Held): Promise<void> {
  await call('POST /v1/admin/members/:member_id/plans/:subscription_id/resume', { params: paramsOf(held), body: {} })
  await touch('plans')
}
