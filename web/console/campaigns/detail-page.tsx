/** One campaign: its plan while it is a draft, its way while it is sent, its report afterwards. */
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { PlannedCampaign } from './planned.tsx'
import { StartedCampaign } from './started.tsx'

/** A campaign whose time has come begins by itself, and ends by itself. */
const pollMs = 2_000

export default function CampaignPage() {
  const { t } = useTexts()
  const campaign_id = usePathParam('campaign_id')
  const [moving, setMoving] = useState(false)
  const read = useCall(
    'GET /v1/admin/campaigns/:campaign_id',
    { params: { campaign_id } },
    { every_ms: moving ? pollMs : false },
  )
  const campaign = read.data
  const moves = campaign?.status === 'scheduled' || campaign?.status === 'sending'
  if (campaign && moves !== moving) setMoving(moves)
  if (campaign) {
    return campaign.started_at ? (
      <StartedCampaign key={campaign_id} campaign={campaign} />
    ) : (
      <PlannedCampaign key={campaign_id} campaign={campaign} />
    )
  }
  return (
    <Page
      title={t('campaigns:title')}
      question={t('campaigns:question')}
      above={[{ title: t('campaigns:title'), to: '/campaigns' }]}
    >
      {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
    </Page>
  )
}
