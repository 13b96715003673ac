/** The columns of the list of offers, and of who holds one. */
import { Button, Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { useDesignColumns } from '../design-columns.tsx'
import { useOfferSentence } from './words.ts'

export type OfferRow = Row<'GET /v1/admin/offers'>
export type IssueRow = Row<'GET /v1/admin/offers/:offer_id/issues'>

export function useOfferColumns(): Column<OfferRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const sentence = useOfferSentence()
  const count = (key: 'issued' | 'viewed' | 'completed', priority: 1 | 2): Column<OfferRow> => ({
    key,
    title: t(`offers:funnel.${key}`),
    align: 'right',
    priority,
    value: (row) => row[key],
    render: (row) => format.number(row[key]),
  })
  const columns = useDesignColumns<OfferRow>('offers', {
    id: (row) => row.offer_id,
    line: (row) => sentence(row.rule),
  })
  return [columns.name, columns.status, count('issued', 1), count('viewed', 2), count('completed', 1)]
}

const tones: Record<IssueRow['state'], Tone> = { waiting: 'quiet', open: 'busy', completed: 'good', ended: 'quiet' }

export function IssueState({ state }: { state: IssueRow['state'] }) {
  const { t } = useTexts()
  return <StateBadge tone={tones[state]}>{t(`offers:states.${state}`)}</StateBadge>
}

/** How far an issue is, in the unit of its threshold. */
export function useProgress(): (row: Pick<IssueRow, 'rule' | 'progress'>) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ rule, progress }) => {
    if (!rule.threshold) return nothing
    const shown = rule.threshold.measure === 'orders' ? format.number : format.money
    return t('offers:progressOf', { progress: shown(progress), amount: shown(rule.threshold.amount) })
  }
}

/** A button where a completion's reward could not be given. */
function again(retry: (row: IssueRow) => void, title: string): Column<IssueRow> {
  return {
    key: 'again',
    title,
    render: (row) =>
      row.reward_refused ? (
        <Button
          size="compact-sm"
          variant="light"
          onClick={(event) => {
            event.stopPropagation()
            retry(row)
          }}
        >
          {title}
        </Button>
      ) : null,
  }
}

export function useIssueColumns(retry?: (row: IssueRow) => void): Column<IssueRow>[] {
  const { t } = useTexts()
  const progress = useProgress()
  return [
    {
      key: 'member',
      title: t('offers:member'),
      value: (row) => row.display_name ?? row.member_id,
      render: (row) => row.display_name ?? t('members:unnamed'),
    },
    {
      key: 'state',
      title: t('offers:state'),
      value: (row) => t(`offers:states.${row.state}`),
      render: (row) => (
        <>
          <IssueState state={row.state} />
          {row.reward_refused && (
            <Text span size="xs" c="var(--rg-bad)" display="block">
              {t('offers:rewardRefused', { why: textOf(`errors:${row.reward_refused}`, row.reward_refused) })}
            </Text>
          )}
        </>
      ),
    },
    ...(retry ? [again(retry, t('offers:rewardAgain'))] : []),
    {
      key: 'progress',
      title: t('offers:progress'),
      align: 'right',
      value: (row) => row.progress,
      render: progress,
    },
    {
      key: 'issued',
      title: t('offers:issuedAt'),
      priority: 2,
      value: (row) => row.issued_at,
      render: (row) => <Moment at={row.issued_at} />,
    },
    {
      key: 'closes',
      title: t('offers:closesAt'),
      priority: 2,
      value: (row) => row.closes_at,
      render: (row) => (row.closes_at ? <Moment at={row.closes_at} /> : nothing),
    },
    {
      key: 'completed',
      title: t('offers:completedAt'),
      priority: 3,
      value: (row) => row.completed_at,
      render: (row) => (row.completed_at ? <Moment at={row.completed_at} /> : nothing),
    },
  ]
}
