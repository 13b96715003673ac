/** One segment: who is in it now, and how its size went. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Empty, Failed, Stale, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList, useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { readCondition } from './condition.ts'
import { sentenceOf } from './sentence.ts'
import { SizeChart } from './size-chart.tsx'
import { usePersonColumns } from './table.tsx'
import { useCatalogue, useLabels, useWords } from './words.ts'

type Segment = Answer<'GET /v1/admin/segments/:segment_id'>
const pageSize = 25
/** Counted every night; a figure of two days ago deserves a word. */
const oldMs = 26 * 3_600_000

export default function SegmentPage() {
  const { t } = useTexts()
  const segment_id = usePathParam('segment_id')
  const read = useCall('GET /v1/admin/segments/:segment_id', { params: { segment_id } })
  const above = [{ title: t('segments:title'), to: '/segments' }]
  if (read.data) return <Shown key={segment_id} segment={read.data} above={above} />
  return (
    <Page title={t('segments:title')} question={t('segments:oneQuestion')} above={above}>
      {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={6} />}
    </Page>
  )
}

function Shown({ segment, above }: { segment: Segment; above: { title: string; to: string }[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const { segment_id, size } = segment
  const count = useWrite('POST /v1/admin/segments/:segment_id/sizes')
  const list = useList('GET /v1/admin/segments/:segment_id/people', {
    params: { segment_id },
    query: { limit: pageSize },
  })
  const recount = () => count.mutate({ params: { segment_id } })
  const write = may('campaigns:write') && (
    <PrimaryAction
      label={size?.count ? t('segments:write', { members: format.number(size.count) }) : t('segments:writeNobody')}
      icon="campaigns"
      to={`/campaigns/new?segment_id=${segment_id}`}
      disabled={size?.count === 0}
    />
  )
  return (
    <Page
      title={segment.name}
      question={segment.note || t('segments:oneQuestion')}
      above={above}
      as_of={size?.computed_at}
      answer={<OneAnswer segment={segment} />}
      action={write}
      actions={<Actions segment={segment} recount={recount} counting={count.isPending} />}
    >
      {size && <Stale at={size.computed_at} old_ms={oldMs} refresh={recount} />}
      {count.isError && <Failed error={count.error} retry={recount} />}
      <SizeChart segment_id={segment_id} />
      <Section title={t('segments:people')} bare>
        <DataGrid
          label={t('segments:peopleLabel')}
          columns={usePersonColumns()}
          list={list}
          row_key={(row) => row.member_id}
          to={(row) => `/members/${row.member_id}`}
          download="segment"
          empty={<Empty icon="members" title={t('segments:nobody')} hint={t('segments:nobodyHint')} />}
        />
      </Section>
    </Page>
  )
}

function OneAnswer({ segment }: { segment: Segment }) {
  const { t } = useTexts()
  const format = useFormat()
  const catalogue = useCatalogue()
  const condition = readCondition(segment.condition)
  const words = useWords(useLabels(condition, catalogue.data))
  const count = segment.size?.count ?? 0
  const members = format.number(segment.size?.count)
  if (!condition) return <>{t('segments:oneAnswerList', { members })}</>
  if (!catalogue.data) return <TextSkeleton lines={1} />
  const sentence = sentenceOf(condition, catalogue.data, words)
  return (
    <>{sentence ? t('segments:oneAnswer', { count, members, sentence }) : t('segments:oneAnswerAll', { members })}</>
  )
}

function Actions({ segment, recount, counting }: { segment: Segment; recount: () => void; counting: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const archive = useWrite('DELETE /v1/admin/segments/:segment_id')
  const { segment_id, name } = segment
  return (
    <>
      <Button variant="default" loading={counting} onClick={recount} leftSection={<Icon name="refresh" size={15} />}>
        {t('segments:countNow')}
      </Button>
      {may('segments:write') && (
        <>
          <Button
            variant="default"
            component={Door}
            to={`/segments/${segment_id}/edit`}
            leftSection={<Icon name="edit" size={15} />}
          >
            {t('segments:edit')}
          </Button>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('segments:archive')}
          </Button>
        </>
      )}
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        title={t('segments:archiveTitle', { name })}
        verb={t('segments:archive')}
        dangerous
        act={async () => {
          await archive.mutateAsync({ params: { segment_id } })
          go('/segments')
        }}
      >
        {t('segments:archiveText', { members: format.number(segment.size?.count ?? 0) })}
      </Confirm>
    </>
  )
}
