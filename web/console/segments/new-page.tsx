/** A new segment, from nothing or from the condition behind a number. */
import { useMemo } from 'react'
import { useAddress } from '../../kit/address.ts'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { emptyGroup, plain, type Group } from './condition.ts'
import { SegmentEditForm, type SegmentValues } from './edit-form.tsx'
import { conditionFrom } from './people-page.tsx'
import { useCatalogue } from './words.ts'

export default function NewSegmentPage() {
  const { t } = useTexts()
  const go = useGo()
  const [{ condition: given, name = '' }] = useAddress()
  const catalogue = useCatalogue()
  const create = useWrite('POST /v1/admin/segments')
  const initial = useMemo<SegmentValues>(
    () => ({ name, note: '', condition: (given ? conditionFrom(given) : null) ?? emptyGroup() }),
    [given, name],
  )
  const save = async (values: SegmentValues) => {
    const { segment_id } = await create.mutateAsync({
      body: { name: values.name, note: values.note, condition: plain(values.condition as Group) },
    })
    setTimeout(() => go(`/segments/${segment_id}`, { replace: true }))
  }
  return (
    <Page
      title={t('segments:newTitle')}
      question={t('segments:question')}
      above={[{ title: t('segments:title'), to: '/segments' }]}
    >
      {catalogue.data ? (
        <SegmentEditForm
          initial={initial}
          catalogue={catalogue.data}
          save={save}
          saved={() => undefined}
          cancel={() => go('/segments')}
          always
        />
      ) : catalogue.isError ? (
        <Failed error={catalogue.error} retry={() => void catalogue.refetch()} />
      ) : (
        <BlockSkeleton height={360} />
      )}
    </Page>
  )
}
