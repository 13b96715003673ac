/** Changing a card: its names at once, its rule for what happens from now on. */
import { usePathParam } from '../../kit/address.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { CardForm } from './edit-form.tsx'

export default function EditCardPage() {
  const { t, language } = useTexts()
  const card_definition_id = usePathParam('card_definition_id')
  const read = useCall('GET /v1/admin/cards/:card_definition_id', { params: { card_definition_id } })
  const above = [
    { title: t('cards:title'), to: '/cards' },
    { title: nameIn(read.data?.names, language, ''), to: `/cards/${card_definition_id}` },
  ]
  return (
    <Page title={t('cards:change')} question={t('cards:changeHint')} above={above}>
      {read.data ? (
        <CardForm card={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={420} />
      )}
    </Page>
  )
}
