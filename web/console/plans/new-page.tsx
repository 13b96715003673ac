/** A new plan. */
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { PlanForm } from './edit-form.tsx'

export default function NewPlanPage() {
  const { t } = useTexts()
  return (
    <Page title={t('plans:add')} above={[{ title: t('plans:title'), to: '/plans' }]} width="narrow">
      <PlanForm plan={null} />
    </Page>
  )
}
