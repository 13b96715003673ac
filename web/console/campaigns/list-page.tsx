/** What did each message truly cause? All campaigns, newest first. */
import { Button } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useCampaignColumns, type CampaignRow } from './table.tsx'

/** What is on its way changes while one looks. */
const pollMs = 5_000

export default function CampaignsListPage() {
  const { t } = useTexts()
  const may = useMay()
  const list = useList('GET /v1/admin/campaigns', {}, { every_ms: pollMs })
  const add = may('campaigns:write')
  return (
    <Page
      title={t('campaigns:title')}
      question={t('campaigns:question')}
      action={add ? <PrimaryAction label={t('campaigns:add')} icon="plus" to="/campaigns/new" /> : undefined}
      answer={list.rows && list.rows.length > 0 ? <ListAnswer rows={list.rows} /> : undefined}
    >
      <DataGrid
        label={t('campaigns:title')}
        columns={useCampaignColumns()}
        list={list}
        row_key={(row) => row.campaign_id}
        to={(row) => `/campaigns/${row.campaign_id}`}
        download="campaigns"
        empty={
          <Empty
            icon="campaigns"
            title={t('campaigns:emptyTitle')}
            hint={t('campaigns:emptyHint')}
            action={
              add ? (
                <Button component={Door} to="/campaigns/new" variant="default">
                  {t('campaigns:add')}
                </Button>
              ) : undefined
            }
          />
        }
      />
    </Page>
  )
}

function ListAnswer({ rows }: { rows: CampaignRow[] }) {
  const { t, language } = useTexts()
  const countOf = (status: CampaignRow['status']) => rows.filter((row) => row.status === status).length
  const [sending, scheduled] = [countOf('sending') + countOf('paused'), countOf('scheduled')]
  const sentences = [
    t('campaigns:answer', { count: rows.length }),
    ...(sending > 0 ? [t('campaigns:answerSending', { count: sending })] : []),
    ...(scheduled > 0 ? [t('campaigns:answerScheduled', { count: scheduled })] : []),
  ]
  return <>{sentences.join(language === 'en' ? ' ' : '')}</>
}
