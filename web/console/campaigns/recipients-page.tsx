/** Who got it, who was left out, and why did others not get it? */
import { Text } from '@mantine/core'
import { useAddress, usePathParam } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { MessageState, reasonText } from '../messages/parts.tsx'
import { arms, askedOf, Filters, useChosen } from './recipients-filters.tsx'
import { audienceDoors } from './report.tsx'

type Recipient = Row<'GET /v1/admin/campaigns/:campaign_id/recipients'>
const pageSize = 25

export default function RecipientsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const campaign_id = usePathParam('campaign_id')
  const asked = askedOf(useAddress()[0])
  const campaign = useCall('GET /v1/admin/campaigns/:campaign_id', { params: { campaign_id } })
  const isPlanned = campaign.data?.status === 'draft' || campaign.data?.status === 'scheduled'
  const forecast = useCall(
    'GET /v1/admin/campaigns/:campaign_id/forecast',
    { params: { campaign_id } },
    { enabled: isPlanned },
  )
  const list = useList('GET /v1/admin/campaigns/:campaign_id/recipients', {
    params: { campaign_id },
    query: { limit: pageSize, ...asked },
  })
  const audience = isPlanned ? forecast.data?.audience : campaign.data?.audience
  const name = campaign.data?.name ?? '…'
  return (
    <Page
      title={t('campaigns:recipients')}
      question={t(isPlanned ? 'campaigns:planQuestion' : 'campaigns:recipientsQuestion')}
      above={[
        { title: t('campaigns:title'), to: '/campaigns' },
        { title: name, to: `/campaigns/${campaign_id}` },
      ]}
      answer={
        audience && (
          <Sentence
            text={t(isPlanned ? 'campaigns:audiencePlanned' : 'campaigns:audienceDrawn', {
              audience: format.number(audience.audience),
              mailed: format.number(audience.mailed),
              holdout: format.number(audience.holdout),
              refused: format.number(audience.refused),
            })}
            doors={audienceDoors(campaign_id, audience)}
          />
        )
      }
    >
      <DataGrid
        label={t('campaigns:recipients')}
        columns={useRecipientColumns({ isPlanned, isBuyers: asked.did === 'bought' })}
        list={list}
        row_key={(row) => row.member_id}
        to={(row) => `/members/${row.member_id}`}
        download="recipients"
        filters={
          <Filters campaign_id={campaign_id} isBegun={Boolean(campaign.data?.started_at)} audience={audience} />
        }
        chosen={useChosen(campaign_id)}
        none_fit={t('campaigns:nobodyHere')}
        empty={<Empty icon="members" title={t('campaigns:nobodyHere')} />}
      />
    </Page>
  )
}

function useRecipientColumns(shown: { isPlanned: boolean; isBuyers: boolean }): Column<Recipient>[] {
  const { t } = useTexts()
  const format = useFormat()
  const touched: Column<Recipient>[] = [
    {
      key: 'opened',
      title: t('campaigns:opened'),
      align: 'right',
      priority: 2,
      render: (row) => <Moment at={row.opened_at} />,
      value: (row) => row.opened_at,
    },
    {
      key: 'clicked',
      title: t('campaigns:clicked'),
      align: 'right',
      priority: 2,
      render: (row) => <Moment at={row.clicked_at} />,
      value: (row) => row.clicked_at,
    },
  ]
  const bought: Column<Recipient>[] = [
    {
      key: 'orders',
      title: t('campaigns:orders'),
      align: 'right',
      render: (row) => format.number(row.orders),
      value: (row) => row.orders,
    },
    {
      key: 'revenue',
      title: t('campaigns:revenue'),
      align: 'right',
      render: (row) => format.money(row.revenue_minor),
      value: (row) => row.revenue_minor,
    },
  ]
  const armName = (row: Recipient) => t(`campaigns:arms.${row.arm as (typeof arms)[number]}`)
  return [
    {
      key: 'name',
      title: t('campaigns:recipient'),
      render: (row) => row.display_name ?? t('messages:unnamed'),
      value: (row) => row.display_name,
    },
    { key: 'arm', title: t('campaigns:arm'), render: armName, value: armName },
    {
      key: 'outcome',
      title: t('campaigns:outcome'),
      value: (row) => row.status ?? row.reason,
      render: (row) =>
        row.status ? (
          <MessageState status={row.status} />
        ) : (
          <Text span size="sm" c="dimmed">
            {row.reason ? reasonText(row.reason) : nothing}
          </Text>
        ),
    },
    ...(shown.isBuyers ? bought : shown.isPlanned ? [] : touched),
  ]
}
