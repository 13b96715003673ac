/** The people behind a number: whoever fulfils the condition in the address now. */
import { useMemo } from 'react'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { plain, readCondition, type Group } from './condition.ts'
import { sentenceOf } from './sentence.ts'
import { usePersonColumns } from './table.tsx'
import { useCatalogue, useLabels, useWords } from './words.ts'

const pageSize = 25

/** A condition as it stands in an address; null when it is none. */
export function conditionFrom(text: string): Group | null {
  try {
    return readCondition(JSON.parse(text))
  } catch {
    return null
  }
}

export default function PeoplePage() {
  const { t } = useTexts()
  const [{ condition: text = '' }] = useAddress()
  const condition = useMemo(() => conditionFrom(text), [text])
  if (condition) return <People condition={condition} />
  return (
    <Page title={t('segments:peopleTitle')} above={[{ title: t('segments:title'), to: '/segments' }]}>
      <Empty icon="warning" title={t('segments:unreadable')} hint={t('segments:unreadableHint')} />
    </Page>
  )
}

function People({ condition }: { condition: Group }) {
  const { t } = useTexts()
  const may = useMay()
  const asked = useMemo(() => plain(condition), [condition])
  const counted = useCall('POST /v1/admin/segments/counts', { body: { condition: asked } })
  const list = useList('POST /v1/admin/segments/people', { body: { condition: asked, limit: pageSize } })
  const save = may('segments:write') ? (
    <PrimaryAction
      label={t('segments:save')}
      icon="segments"
      to={`/segments/new?condition=${encodeURIComponent(JSON.stringify(asked))}`}
    />
  ) : undefined
  return (
    <Page
      title={t('segments:peopleTitle')}
      question={t('segments:peopleQuestion')}
      above={[{ title: t('segments:title'), to: '/segments' }]}
      action={save}
      as_of={counted.data?.computed_at}
      answer={<PeopleAnswer condition={condition} count={counted.data?.count} />}
    >
      {counted.isError && <Failed error={counted.error} retry={() => void counted.refetch()} />}
      <DataGrid
        label={t('segments:peopleTitle')}
        columns={usePersonColumns()}
        list={list}
        row_key={(row) => row.member_id}
        to={(row) => `/members/${row.member_id}`}
        download="people"
        empty={<Empty icon="members" title={t('segments:nobody')} hint={t('segments:nobodyHint')} />}
      />
    </Page>
  )
}

function PeopleAnswer({ condition, count }: { condition: Group; count: number | undefined }) {
  const { t } = useTexts()
  const format = useFormat()
  const catalogue = useCatalogue()
  const words = useWords(useLabels(condition, catalogue.data))
  if (!catalogue.data || count === undefined) return <TextSkeleton lines={1} />
  const sentence = sentenceOf(condition, catalogue.data, words)
  return sentence ? (
    <>{t('segments:peopleAnswer', { count, members: format.number(count), sentence })}</>
  ) : (
    <>{t('segments:oneAnswerAll', { members: format.number(count) })}</>
  )
}
