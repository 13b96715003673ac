/** A new offer. */
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { OfferForm } from './edit-form.tsx'

export default function NewOfferPage() {
  const { t } = useTexts()
  return (
    <Page title={t('offers:add')} above={[{ title: t('offers:title'), to: '/offers' }]}>
      <OfferForm offer={null} />
    </Page>
  )
}
