/** A new kind of card. */
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { CardForm } from './edit-form.tsx'

export default function NewCardPage() {
  const { t } = useTexts()
  const above = [{ title: t('cards:title'), to: '/cards' }]
  return (
    <Page title={t('cards:add')} question={t('cards:addHint')} above={above}>
      <CardForm card={null} />
    </Page>
  )
}
