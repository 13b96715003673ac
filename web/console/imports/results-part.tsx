/** Row by row: refused, repaired, noted; and a download with the rows as they stood. */
import { Button, SegmentedControl, Select, Text } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { client, type Input, type Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat, type Format } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import type { Import } from './detail-page.tsx'
import { useCodeText, useDownloadWords } from './words.ts'

type Result = Row<'GET /v1/admin/imports/:import_id/results'>
const outcomes = ['refused', 'repaired', 'noted'] as const
/** Rows a page: they are read, not skimmed. */
const pageSize = 25

export function ResultsPart({ one }: { one: Import }) {
  const { t } = useTexts()
  const [address] = useAddress()
  const { import_id } = one
  const { outcome, code } = chosenOf(address)
  const sums = useCall('GET /v1/admin/imports/:import_id/result-sums', { params: { import_id } }).data?.data ?? []
  const asked: Input<'GET /v1/admin/imports/:import_id/results'> = {
    params: { import_id },
    query: { limit: pageSize, ...(outcome ? { outcome } : {}), ...(code ? { code } : {}) },
  }
  const list = useList('GET /v1/admin/imports/:import_id/results', asked)
  const words = useDownloadWords()
  const codeText = useCodeText()
  return (
    <Section
      title={t('imports:results.title')}
      hint={t('imports:results.hint')}
      bare
      aside={
        sums.length > 0 && (
          <Button
            component="a"
            size="xs"
            variant="default"
            leftSection={<Icon name="download" size={15} />}
            download
            href={client.address('GET /v1/admin/imports/:import_id/results/download', {
              params: { import_id },
              query: {
                ...(outcome ? { outcome } : {}),
                words: words([...new Set(sums.map((sum) => sum.code))], outcomes),
              },
            })}
          >
            {t('imports:results.download')}
          </Button>
        )
      }
    >
      <DataGrid
        label={t('imports:results.title')}
        columns={useResultColumns()}
        list={list}
        row_key={(row) => `${row.row_no} ${row.phase} ${row.outcome}`}
        skeleton_rows={4}
        chosen={[
          outcome && { text: t(`imports:results.outcomes.${outcome}`), drops: ['outcome', 'code'], has_field: true },
          code && { text: codeText(code), drops: ['code'], has_field: true },
        ]}
        none_fit={t('imports:results.none')}
        empty={<Empty icon="check" title={t('imports:results.none')} hint={t('imports:results.noneHint')} />}
        filters={sums.length > 0 && <ResultFilters sums={sums} />}
      />
    </Section>
  )
}

/** What the address narrows the rows down to. */
function chosenOf(address: Record<string, string>) {
  return { outcome: outcomes.find((word) => word === address['outcome']), code: address['code'] }
}

type Sum = Row<'GET /v1/admin/imports/:import_id/result-sums'>

function ResultFilters({ sums }: { sums: readonly Sum[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const codeText = useCodeText()
  const [address, setAddress] = useAddress()
  const { outcome, code } = chosenOf(address)
  const codes = sums.filter((sum) => !outcome || sum.outcome === outcome)
  return (
    <>
      <SegmentedControl
        size="xs"
        value={outcome ?? 'all'}
        onChange={(value) => setAddress({ outcome: value === 'all' ? null : value, code: null })}
        aria-label={t('imports:results.outcome')}
        data={[
          { value: 'all', label: t('imports:results.all') },
          ...outcomes.map((value) => ({ value, label: t(`imports:results.outcomes.${value}`) })),
        ]}
      />
      <Select
        size="xs"
        w={320}
        clearable
        value={code ?? null}
        onChange={(value) => setAddress({ code: value })}
        aria-label={t('imports:results.what')}
        placeholder={t('imports:results.what')}
        data={[...new Map(codes.map((sum) => [sum.code, sum])).values()].map((sum) => ({
          value: sum.code,
          label: `${codeText(sum.code)} (${format.number(sum.rows)})`,
        }))}
      />
    </>
  )
}

function useResultColumns(): Column<Result>[] {
  const { t } = useTexts()
  const format = useFormat()
  const codeText = useCodeText()
  const lines = (row: Result, of: (detail: Result['details'][number]) => string) =>
    row.details.map((detail, i) => (
      <Text key={i} size="sm" component="div">
        {of(detail) || nothing}
      </Text>
    ))
  return [
    { key: 'row', title: t('imports:results.row'), width: 90, render: (row) => format.number(row.row_no) },
    {
      key: 'outcome',
      title: t('imports:results.outcome'),
      priority: 2,
      width: 110,
      render: (row) => t(`imports:results.outcomes.${row.outcome}`),
    },
    {
      key: 'what',
      title: t('imports:results.what'),
      render: (row) => lines(row, (detail) => codeText(detail.code, detail.params)),
    },
    {
      key: 'column',
      title: t('imports:results.column'),
      priority: 2,
      render: (row) => lines(row, (detail) => detail.column ?? ''),
    },
    { key: 'value', title: t('imports:results.value'), render: (row) => lines(row, (detail) => detail.value ?? '') },
    {
      key: 'became',
      title: t('imports:results.became'),
      priority: 2,
      render: (row) => lines(row, (detail) => becameOf(detail, format)),
    },
  ]
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?Z$/

function becameOf({ params }: Result['details'][number], format: Format): string {
  const to = params?.['to']
  if (typeof to !== 'string') return ''
  return instant.test(to) ? format.moment(to) : to
}
