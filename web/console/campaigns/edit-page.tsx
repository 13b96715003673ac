/** Changes the plan of a campaign that has not begun; a scheduled one is a draft again. */
import { useMemo } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { bodyOf, planOf, type PlanValues } from './plan.ts'
import { PlanForm } from './plan-form.tsx'

export default function EditCampaignPage() {
  const { t } = useTexts()
  const go = useGo()
  const format = useFormat()
  const campaign_id = usePathParam('campaign_id')
  const read = useCall('GET /v1/admin/campaigns/:campaign_id', { params: { campaign_id } })
  const update = useWrite('PATCH /v1/admin/campaigns/:campaign_id')
  const campaign = read.data
  const initial = useMemo(() => campaign && planOf(campaign, format.time_zone), [campaign, format.time_zone])
  const back = `/campaigns/${campaign_id}`
  const save = async (values: PlanValues) => {
    await update.mutateAsync({ params: { campaign_id }, body: bodyOf(values, format.time_zone) })
    setTimeout(() => go(back, { replace: true }))
  }
  const name = campaign?.name ?? '…'
  return (
    <Page
      title={t('campaigns:editTitle', { name })}
      question={t('campaigns:planQuestion')}
      above={[
        { title: t('campaigns:title'), to: '/campaigns' },
        { title: name, to: back },
      ]}
    >
      {initial ? (
        <PlanForm key={campaign_id} initial={initial} campaign_id={campaign_id} save={save} cancel={() => go(back)} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={480} />
      )}
    </Page>
  )
}
