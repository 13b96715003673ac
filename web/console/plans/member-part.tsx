/** The plans a member holds, what they saved, and what the others would have saved. Stands on the member's page. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useRewardName } from '../reward-fields.tsx'
import { useMay } from '../session.tsx'
import { CancelDialog, PayDialog, resume, SellDialog } from './dialogs.tsx'
import { PlanState } from './table.tsx'
import { usePeriod, usePlanWhy, type Held, type MemberPlans, type Offered } from './words.ts'

/** Ended ones shown: enough to see that somebody came back. */
const ended_shown = 2

export function PlansPart({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/members/:member_id/plans', { params: { member_id } })
  if (!read.data) return null
  const { subscriptions, offers, saved } = read.data
  const running = subscriptions.filter((one) => one.state !== 'ended')
  const ended = subscriptions.filter((one) => one.state === 'ended').slice(0, ended_shown)
  const open = offers.filter((one) => !one.running)
  if (subscriptions.length + open.length === 0) return null
  return (
    <Section title={t('plans:part')}>
      <Stack gap="md">
        {running.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('plans:partNone')}
          </Text>
        )}
        {[...running, ...ended].map((held) => (
          <HeldPlan key={held.subscription_id} held={held} saved={savedBy(saved, held)} sells={may('plans:sell')} />
        ))}
        {open.map((offer) => (
          <Offer key={offer.plan_id} offer={offer} member_id={member_id} sells={may('plans:sell')} />
        ))}
      </Stack>
    </Section>
  )
}

const savedBy = (saved: MemberPlans['saved'], held: Held) =>
  saved.find((one) => one.subscription_id === held.subscription_id)?.saving.saved_minor ?? 0

function HeldPlan({ held, saved, sells }: { held: Held; saved: number; sells: boolean }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const [open, setOpen] = useState<'pay' | 'cancel' | null>(null)
  const name = nameIn(held.plan_names, language, held.plan_id)
  const lines = {
    trial: t('plans:nextOn', { day: format.day(held.due_on) }),
    active: t('plans:nextOn', { day: format.day(held.due_on) }),
    due: waits(),
    grace: waits(),
    cancelled_at_end: t('plans:heldUntil', { day: format.day(held.holds_until) }),
    ended: t('plans:endedOn', { day: format.day(held.ended_on ?? held.holds_until) }),
  }
  function waits() {
    const price = format.money(held.asked?.price_minor ?? 0)
    return t('plans:waitsFor', { price, day: format.day(held.holds_until) })
  }
  const isWaiting = held.state === 'due' || held.state === 'grace'
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
        <div>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {lines[held.state]}
          </Text>
          <Rewards held={held} />
          {saved > 0 && <Text size="xs">{t('plans:savedSoFar', { amount: format.money(saved) })}</Text>}
        </div>
        <PlanState state={held.state} />
      </Group>
      {sells && held.state !== 'ended' && (
        <Group gap="xs">
          {isWaiting && held.asked && (
            <Button size="xs" onClick={() => setOpen('pay')}>
              {t('plans:payVerb')}
            </Button>
          )}
          {held.state === 'cancelled_at_end' && (
            <Button size="xs" variant="default" onClick={() => void resume(held)}>
              {t('plans:resumeVerb')}
            </Button>
          )}
          <Button size="xs" variant="subtle" color="gray" onClick={() => setOpen('cancel')}>
            {t('plans:cancelVerb')}
          </Button>
        </Group>
      )}
      {open === 'pay' && <PayDialog held={held} close={() => setOpen(null)} />}
      {open === 'cancel' && <CancelDialog held={held} name={name} close={() => setOpen(null)} />}
    </Stack>
  )
}

/** What the newest payment gave, and what of it waits. */
function Rewards({ held }: { held: Held }) {
  const { t } = useTexts()
  const rewardName = useRewardName()
  const rewards = held.periods.findLast((one) => one.rewards.length > 0)?.rewards ?? []
  return rewards.map(({ reward_id, reward, refused }) => (
    <Text key={reward_id} size="xs" c={refused ? 'var(--rg-bad)' : 'inherit'}>
      {refused
        ? t('plans:rewardRefused', { reward: rewardName(reward), why: textOf(`errors:${refused}`, refused) })
        : t('plans:rewardGiven', { reward: rewardName(reward) })}
    </Text>
  ))
}

function Offer({ offer, member_id, sells }: { offer: Offered; member_id: string; sells: boolean }) {
  const { t, language } = useTexts()
  const [isOpen, setOpen] = useState(false)
  const why = usePlanWhy()
  const name = nameIn(offer.names, language, offer.plan_id)
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
      <div>
        <Text size="sm" fw={500}>
          {name}
        </Text>
        <WouldSave offer={offer} />
        <Text size="xs" c="dimmed">
          {why(offer.why)}
        </Text>
      </div>
      {sells && offer.price_minor !== null && (
        <Button size="xs" variant="default" style={{ flexShrink: 0 }} onClick={() => setOpen(true)}>
          {t('plans:sellVerb')}
        </Button>
      )}
      {isOpen && <SellDialog member_id={member_id} offer={offer} name={name} close={() => setOpen(false)} />}
    </Group>
  )
}

/** "Would have saved NT$412 in twelve months, for NT$88 every month." */
export function WouldSave({ offer }: { offer: Offered }) {
  const { t } = useTexts()
  const format = useFormat()
  const period = usePeriod()
  const read = useCall('GET /v1/admin/plans/:plan_id', { params: { plan_id: offer.plan_id } })
  if (offer.price_minor === null) return <Text size="sm">{t('plans:notForThem')}</Text>
  const { saved_minor, products } = offer.would_save
  const price = format.money(offer.price_minor)
  const each = read.data ? period(read.data.design.period) : ''
  const most = products.slice(0, 2).map((one) => `${one.name ?? one.sku} ${format.money(one.saved_minor)}`)
  return (
    <>
      <Text size="sm">
        {saved_minor > 0
          ? t('plans:wouldSave', { saved: format.money(saved_minor), price, period: each })
          : `${t('plans:from', { price, period: each })} · ${t('plans:wouldSaveNothing')}`}
      </Text>
      <Text size="xs" c="dimmed">
        {[
          most.length > 0 ? t('plans:wouldSaveOn', { products: format.list(most) }) : '',
          t('plans:yearCost', { amount: format.money(offer.year_minor ?? 0) }),
        ]
          .filter(Boolean)
          .join(' ')}
      </Text>
    </>
  )
}
