/** The columns of a list of campaigns, and the word of a campaign's state. */
import { Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'

export type CampaignRow = Row<'GET /v1/admin/campaigns'>

const tones: Record<CampaignRow['status'], Tone> = {
  draft: 'quiet',
  scheduled: 'busy',
  sending: 'busy',
  paused: 'warn',
  sent: 'good',
  cancelled: 'quiet',
  expired: 'bad',
}

export function CampaignState({ status }: { status: CampaignRow['status'] }) {
  const { t } = useTexts()
  return <StateBadge tone={tones[status]}>{t(`campaigns:statuses.${status}`)}</StateBadge>
}

export function useCampaignColumns(): Column<CampaignRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const when = (row: CampaignRow) => row.started_at ?? row.send_at
  return [
    { key: 'name', title: t('campaigns:name'), render: (row) => row.name, value: (row) => row.name },
    {
      key: 'status',
      title: t('campaigns:status'),
      value: (row) => t(`campaigns:statuses.${row.status}`),
      render: (row) => <CampaignState status={row.status} />,
    },
    {
      key: 'audience',
      title: t('campaigns:audience'),
      priority: 2,
      value: (row) => row.segment_name,
      render: (row) => (
        <Text span size="sm" display="block" maw={260} truncate="end" c={row.segment_name ? undefined : 'dimmed'}>
          {row.segment_name ?? t('campaigns:noSegment')}
        </Text>
      ),
    },
    {
      key: 'template',
      title: t('campaigns:template'),
      priority: 3,
      value: (row) => row.template_name,
      render: (row) => (
        <Text span size="sm" display="block" maw={220} truncate="end" c="dimmed">
          {row.template_name ?? t('campaigns:noTemplate')}
        </Text>
      ),
    },
    {
      key: 'mailed',
      title: t('campaigns:written'),
      align: 'right',
      value: (row) => row.audience?.mailed,
      render: (row) => (row.audience ? format.number(row.audience.mailed) : nothing),
    },
    {
      key: 'holdout',
      title: t('campaigns:arms.holdout'),
      align: 'right',
      priority: 3,
      value: (row) => row.audience?.holdout,
      render: (row) =>
        row.audience ? format.number(row.audience.holdout) : format.percent(row.holdout_per_mille / 1000, 0),
    },
    {
      key: 'when',
      title: t('campaigns:when'),
      align: 'right',
      value: when,
      render: (row) => <Moment at={when(row)} />,
    },
  ]
}
