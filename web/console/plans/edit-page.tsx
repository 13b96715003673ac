/** Changing a plan: a new version, for what is started or renewed from then on. */
import { usePathParam } from '../../kit/address.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { PlanForm } from './edit-form.tsx'

export default function EditPlanPage() {
  const { t, language } = useTexts()
  const plan_id = usePathParam('plan_id')
  const read = useCall('GET /v1/admin/plans/:plan_id', { params: { plan_id } })
  const above = [
    { title: t('plans:title'), to: '/plans' },
    { title: nameIn(read.data?.names, language, ''), to: `/plans/${plan_id}` },
  ]
  return (
    <Page title={t('plans:change')} question={t('plans:changeHint')} above={above} width="narrow">
      {read.data ? (
        <PlanForm plan={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <TextSkeleton lines={8} />
      )}
    </Page>
  )
}
