import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { CouponForm } from './edit-form.tsx'

export default function NewCouponPage() {
  const { t } = useTexts()
  return (
    <Page title={t('coupons:add')} above={[{ title: t('coupons:title'), to: '/coupons' }]}>
      <CouponForm definition={null} />
    </Page>
  )
}
