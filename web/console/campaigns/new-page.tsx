/** A new campaign: planned here, sent from its own page. */
import { useMemo } from 'react'
import { useAddress } from '../../kit/address.ts'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { bodyOf, newPlan, type PlanValues } from './plan.ts'
import { PlanForm } from './plan-form.tsx'

export default function NewCampaignPage() {
  const { t } = useTexts()
  const go = useGo()
  const format = useFormat()
  const [{ segment_id, template_id, name = '' }] = useAddress()
  const create = useWrite('POST /v1/admin/campaigns')
  const initial = useMemo(() => newPlan({ segment_id, template_id }, name), [segment_id, template_id, name])
  const save = async (values: PlanValues) => {
    const { campaign_id } = await create.mutateAsync({ body: bodyOf(values, format.time_zone) })
    setTimeout(() => go(`/campaigns/${campaign_id}`, { replace: true }))
  }
  return (
    <Page
      title={t('campaigns:newTitle')}
      question={t('campaigns:planQuestion')}
      above={[{ title: t('campaigns:title'), to: '/campaigns' }]}
    >
      <PlanForm initial={initial} campaign_id={null} save={save} cancel={() => go('/campaigns')} />
    </Page>
  )
}
