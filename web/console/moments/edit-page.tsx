/** Changing a moment: for what is given from now on. */
import { usePathParam } from '../../kit/address.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { MomentForm } from './edit-form.tsx'

export default function EditMomentPage() {
  const { t, language } = useTexts()
  const moment_id = usePathParam('moment_id')
  const read = useCall('GET /v1/admin/moments/:moment_id', { params: { moment_id } })
  const above = [
    { title: t('moments:title'), to: '/moments' },
    { title: nameIn(read.data?.names, language, ''), to: `/moments/${moment_id}` },
  ]
  return (
    <Page title={t('moments:change')} question={t('moments:changeHint')} above={above}>
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <TextSkeleton lines={8} />}
      {read.data && <MomentForm moment={read.data} />}
    </Page>
  )
}
