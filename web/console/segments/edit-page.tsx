/** Changes a segment; a changed condition is a new version, counted at once. */
import { useMemo } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { plain, readCondition } from './condition.ts'
import { SegmentEditForm, type SegmentValues } from './edit-form.tsx'
import { useCatalogue } from './words.ts'

export default function EditSegmentPage() {
  const { t } = useTexts()
  const go = useGo()
  const segment_id = usePathParam('segment_id')
  const read = useCall('GET /v1/admin/segments/:segment_id', { params: { segment_id } })
  const catalogue = useCatalogue()
  const update = useWrite('PATCH /v1/admin/segments/:segment_id')
  const segment = read.data
  const initial = useMemo<SegmentValues | null>(
    () => (segment ? { name: segment.name, note: segment.note, condition: readCondition(segment.condition) } : null),
    [segment],
  )
  const back = `/segments/${segment_id}`
  const save = async ({ name, note, condition }: SegmentValues) => {
    // naming the condition makes a new version: only when it was really changed
    const changed = condition && JSON.stringify(plain(condition)) !== JSON.stringify(plain(initial!.condition!))
    await update.mutateAsync({
      params: { segment_id },
      body: { name, note, ...(changed ? { condition: plain(condition) } : {}) },
    })
    setTimeout(() => go(back, { replace: true }))
  }
  const above = [
    { title: t('segments:title'), to: '/segments' },
    ...(segment ? [{ title: segment.name, to: back }] : []),
  ]
  const error = read.error ?? catalogue.error
  return (
    <Page
      title={segment ? t('segments:editTitle', { name: segment.name }) : t('segments:edit')}
      question={t('segments:question')}
      above={above}
    >
      {initial && catalogue.data ? (
        <SegmentEditForm
          initial={initial}
          catalogue={catalogue.data}
          save={save}
          saved={() => undefined}
          cancel={() => go(back)}
        />
      ) : error ? (
        <Failed error={error} retry={() => void Promise.all([read.refetch(), catalogue.refetch()])} />
      ) : (
        <BlockSkeleton height={360} />
      )}
    </Page>
  )
}
