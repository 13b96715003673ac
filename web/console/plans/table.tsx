/** The columns of the list of plans, and of who holds one. */
import { Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { useDesignColumns } from '../design-columns.tsx'
import { usePriceLine, type Held, type SubscriptionRow } from './words.ts'

type PlanRow = Row<'GET /v1/admin/plans'>

export function usePlanColumns(): Column<PlanRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const prices = usePriceLine()
  const count = (key: 'running' | 'waiting' | 'leaving', priority: 1 | 2): Column<PlanRow> => ({
    key,
    title: t(`plans:${key}`),
    align: 'right',
    priority,
    value: (row) => row[key],
    render: (row) => format.number(row[key]),
  })
  const columns = useDesignColumns<PlanRow>('plans', {
    id: (row) => row.plan_id,
    line: (row) => prices(row.design),
  })
  return [
    columns.name,
    columns.status,
    count('running', 1),
    count('waiting', 2),
    count('leaving', 2),
    {
      key: 'kept',
      title: t('plans:kept'),
      align: 'right',
      priority: 1,
      value: (row) => row.paid_minor - row.refunded_minor,
      render: (row) => format.money(row.paid_minor - row.refunded_minor),
    },
  ]
}

const tones: Record<Held['state'], Tone> = {
  trial: 'busy',
  active: 'good',
  due: 'warn',
  grace: 'warn',
  cancelled_at_end: 'quiet',
  ended: 'quiet',
}

export function PlanState({ state }: { state: Held['state'] }) {
  const { t } = useTexts()
  return <StateBadge tone={tones[state]}>{t(`plans:states.${state}`)}</StateBadge>
}

export function useSubscriberColumns(): Column<SubscriptionRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    {
      key: 'member',
      title: t('plans:member'),
      value: (row) => row.display_name ?? row.member_id,
      render: (row) => row.display_name ?? t('members:unnamed'),
    },
    {
      key: 'state',
      title: t('plans:state'),
      value: (row) => t(`plans:states.${row.state}`),
      render: (row) => (
        <>
          <PlanState state={row.state} />
          {row.ended_why && (
            <Text span size="xs" c="dimmed" display="block">
              {textOf(`plans:endedWhys.${row.ended_why}`, row.ended_why)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'started',
      title: t('plans:started'),
      priority: 2,
      value: (row) => row.started_on,
      render: (row) => format.day(row.started_on),
    },
    {
      key: 'due',
      title: t('plans:due'),
      priority: 2,
      value: (row) => (row.auto_renew && row.state !== 'ended' ? row.due_on : ''),
      render: (row) => (row.auto_renew && row.state !== 'ended' ? format.day(row.due_on) : nothing),
    },
    {
      key: 'paid',
      title: t('plans:paid'),
      align: 'right',
      value: (row) => row.paid_minor,
      render: (row) => format.money(row.paid_minor),
    },
    {
      key: 'refunded',
      title: t('plans:refunded'),
      align: 'right',
      priority: 3,
      value: (row) => row.refunded_minor,
      render: (row) => (row.refunded_minor > 0 ? format.money(row.refunded_minor) : nothing),
    },
  ]
}
