import { usePathParam } from '../../kit/address.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { CouponForm } from './edit-form.tsx'

export default function EditCouponPage() {
  const { t } = useTexts()
  const params = { coupon_definition_id: usePathParam('coupon_definition_id') }
  const read = useCall('GET /v1/admin/coupon-definitions/:coupon_definition_id', { params })
  const above = [
    { title: t('coupons:title'), to: '/coupons' },
    ...(read.data ? [{ title: read.data.name, to: `/coupons/${params.coupon_definition_id}` }] : []),
  ]
  return (
    <Page title={t('coupons:changeTitle')} above={above}>
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <TextSkeleton lines={8} />}
      {read.data && (
        <>
          <Notice>{t('coupons:changeHint')}</Notice>
          <CouponForm definition={read.data} />
        </>
      )}
    </Page>
  )
}
