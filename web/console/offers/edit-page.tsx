/** Changing an offer: for what is issued from now on. */
import { usePathParam } from '../../kit/address.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { OfferForm } from './edit-form.tsx'

export default function EditOfferPage() {
  const { t, language } = useTexts()
  const offer_id = usePathParam('offer_id')
  const read = useCall('GET /v1/admin/offers/:offer_id', { params: { offer_id } })
  const name = nameIn(read.data?.names, language, '')
  const above = [
    { title: t('offers:title'), to: '/offers' },
    { title: name, to: `/offers/${offer_id}` },
  ]
  return (
    <Page title={t('offers:change')} question={t('offers:changeHint')} above={above}>
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <TextSkeleton lines={8} />}
      {read.data && <OfferForm offer={read.data} />}
    </Page>
  )
}
