/** One plan: what it costs whom, what it gives, who holds it, and the money. */
import { Button, Group, List, Stack, Text } from '@mantine/core'
import { usePathParam } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { PageAwaiting } from '../../kit/page-awaiting.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { readCondition, type Catalogue } from '../segments/condition.ts'
import { sentenceOf } from '../segments/sentence.ts'
import { useCatalogue, useLabels, useWords } from '../segments/words.ts'
import { Holders, useStateChoice } from '../holders.tsx'
import { useRewardName } from '../reward-fields.tsx'
import { CallOffButton, useCalledOff } from '../call-off.tsx'
import { isAwaited, standingOf } from '../rule-standing.ts'
import { useMay } from '../session.tsx'
import { useSubscriberColumns } from './table.tsx'
import { useGiven, usePriceLine, type Plan, type PlanDesign } from './words.ts'

export default function PlanPage() {
  const { t, language } = useTexts()
  const plan_id = usePathParam('plan_id')
  const prices = usePriceLine()
  const writes = useMay()('plans:write')
  const read = useCall('GET /v1/admin/plans/:plan_id', { params: { plan_id } }, { keep: false })
  const plan = read.data
  const above = [{ title: t('plans:title'), to: '/plans' }]
  if (!plan) return <PageAwaiting title={t('plans:title')} above={above} read={read} />
  return (
    <Page
      title={nameIn(plan.names, language, plan_id)}
      above={above}
      as_of={read.dataUpdatedAt}
      answer={prices(plan.design)}
      action={writes && <PrimaryAction label={t('plans:change')} icon="edit" to={`/plans/${plan_id}/edit`} />}
      actions={writes && <Stop plan={plan} />}
    >
      <Stack gap="lg">
        <Section>
          <Figures plan={plan} />
        </Section>
        <Section title={t('plans:pricesTitle')} hint={t('plans:pricesHint')}>
          <Prices design={plan.design} />
        </Section>
        <Section title={t('plans:gives')}>
          <Gives design={plan.design} />
        </Section>
        <Section title={t('plans:subscribers')} hint={t('plans:subscribersHint')} bare>
          <Subscribers plan_id={plan_id} />
        </Section>
        <Section title={t('plans:versions')}>
          <Versions plan_id={plan_id} />
        </Section>
      </Stack>
    </Page>
  )
}

function Stop({ plan }: { plan: Plan }) {
  const { t } = useTexts()
  const isActive = plan.status === 'active'
  const change = async () => {
    const body = { status: isActive ? ('stopped' as const) : ('active' as const) }
    await call('PATCH /v1/admin/plans/:plan_id', { params: { plan_id: plan.plan_id }, body })
    await touch('plans')
  }
  return (
    <Button variant="default" onClick={() => void change()}>
      {isActive ? t('plans:stop') : t('plans:sell')}
    </Button>
  )
}

function Figures({ plan }: { plan: Plan }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={t('plans:running')} value={format.number(plan.running)} />
      <Figure label={t('plans:trying')} value={format.number(plan.in_trial)} />
      <Figure label={t('plans:waiting')} value={format.number(plan.waiting)} />
      <Figure label={t('plans:leaving')} value={format.number(plan.leaving)} />
      <Figure label={t('plans:paid')} value={format.money(plan.paid_minor)} />
      <Figure label={t('plans:refunded')} value={format.money(plan.refunded_minor)} />
    </Group>
  )
}

function Prices({ design }: { design: PlanDesign }) {
  const { t } = useTexts()
  const format = useFormat()
  const catalogue = useCatalogue().data
  return (
    <List size="sm" spacing={4} listStyleType="none">
      {design.prices.map(({ when, price_minor }, i) => (
        <List.Item key={i}>
          <Text span fw={600} className="rg-figures" mr="xs">
            {format.money(price_minor)}
          </Text>
          {when === null ? (
            t(design.prices.length > 1 ? 'plans:everybody' : 'plans:everybodyAlone')
          ) : catalogue ? (
            <Who when={when} catalogue={catalogue} />
          ) : (
            t('plans:somebody')
          )}
        </List.Item>
      ))}
    </List>
  )
}

function Who({ when, catalogue }: { when: unknown; catalogue: Catalogue }) {
  const condition = readCondition(when)
  const words = useWords(useLabels(condition, catalogue))
  return <>{condition && sentenceOf(condition, catalogue, words)}</>
}

function Gives({ design }: { design: PlanDesign }) {
  const { t, language } = useTexts()
  const given = useGiven()(design)
  const rewardName = useRewardName()
  const privileges = useCall('GET /v1/admin/privileges').data?.data ?? []
  const names = design.privilege_ids.map((id) =>
    nameIn(privileges.find((one) => one.privilege_id === id)?.names, language, ''),
  )
  const rewards = (design.rewards ?? []).map(({ on, reward }) =>
    t('plans:givesReward', { reward: rewardName(reward), on: t(`plans:rewardOn.${on}`) }),
  )
  const all = [...given, ...names.filter(Boolean), ...rewards]
  if (all.length === 0) return <Text size="sm">{t('plans:givesNothing')}</Text>
  return (
    <List size="sm" spacing={4}>
      {all.map((one) => (
        <List.Item key={one}>{one}</List.Item>
      ))}
    </List>
  )
}

function Versions({ plan_id }: { plan_id: string }) {
  const { t } = useTexts()
  const prices = usePriceLine()
  const read = useCall('GET /v1/admin/plans/:plan_id/versions', { params: { plan_id } })
  const format = useFormat()
  const wasCalledOff = useCalledOff()
  const mayWrite = useMay()('plans:write')
  const rows = read.data?.data ?? []
  const isComing = (one: (typeof rows)[number]) => standingOf(one, rows, format.present()).standing === 'coming'
  const callOff = async (version: number) => {
    await call('POST /v1/admin/plans/:plan_id/versions/:version/call-off', { params: { plan_id, version } })
    await touch('plans')
  }
  return (
    <Stack gap="xs">
      {rows.map((one) => (
        <Group key={one.version} gap="sm" justify="space-between">
          <div>
            <Text size="sm" fw={500}>
              {t('plans:version', { version: one.version })}
              {one.in_force && ` · ${t('plans:inForce')}`}
              {isComing(one) && ` · ${t('plans:later')}`}
              {one.called_off_at && ` · ${t('rules:callOff.state')}`}
            </Text>
            <Text size="xs" c="dimmed">
              {[prices(one.design), one.note, wasCalledOff(one)].filter(Boolean).join(' · ')}
            </Text>
          </div>
          <Group gap="sm">
            <Text size="xs" c="dimmed" component="div">
              {isComing(one) ? (
                t('plans:versionFrom', { at: format.moment(one.effective_from) })
              ) : (
                <Moment at={one.effective_from} />
              )}
            </Text>
            {mayWrite && isAwaited(one, rows, format.present()) && <CallOffButton {...one} callOff={callOff} />}
          </Group>
        </Group>
      ))}
    </Stack>
  )
}

const states = ['trial', 'active', 'due', 'grace', 'cancelled_at_end', 'ended'] as const

function Subscribers({ plan_id }: { plan_id: string }) {
  const { t } = useTexts()
  const state = useStateChoice(states)
  const list = useList('GET /v1/admin/plans/:plan_id/subscriptions', {
    params: { plan_id },
    query: { limit: 25, ...(state ? { state } : {}) },
  })
  return (
    <Holders
      states={states}
      nameOf={(one) => (one ? t(`plans:states.${one}`) : t('plans:allStates'))}
      columns={useSubscriberColumns()}
      list={list}
      label={t('plans:subscribers')}
      row_key={(row) => row.subscription_id}
      empty={{ title: t('plans:noSubscribers'), hint: t('plans:noSubscribersHint') }}
    />
  )
}
