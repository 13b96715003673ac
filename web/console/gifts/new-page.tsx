/** A new item of the catalogue. */
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { ItemForm } from './item-form.tsx'

export default function NewGiftPage() {
  const { t } = useTexts()
  const go = useGo()
  return (
    <Page
      title={t('gifts:add')}
      question={t('gifts:question')}
      above={[{ title: t('gifts:title'), to: '/gifts' }]}
      width="narrow"
    >
      <Section>
        <ItemForm item={null} saved={(item_id) => go(`/gifts/${item_id}`)} />
      </Section>
    </Page>
  )
}
