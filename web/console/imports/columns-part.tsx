/** What each column of the file means: guessed, its first cells beside it; a correction is kept at once. */
import { Group, Select, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Notice, Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { missingOf, type Import } from './detail-page.tsx'
import classes from './imports.module.css'
import { fieldsByKind, useFieldName } from './words.ts'

/** Cells of a column shown: enough to see what it holds. */
const samplesShown = 3
/** A guess below this is worth a look. */
const sureFrom = 0.7
const attribute = '+attribute'

export function ColumnsPart({ one }: { one: Import }) {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useFieldName()
  const narrow = useMediaQuery('(max-width: 48em)')
  const write = useWrite('PUT /v1/admin/imports/:import_id/mapping')
  const { inspection, import_id } = one
  const missing = missingOf(one)
  const choose = (column: string, meaning: string | null) =>
    write.mutate({ params: { import_id }, body: { mapping: changed(one.mapping, column, meaning) } })
  return (
    <Section title={t('imports:columns.title')} hint={t('imports:columns.hint')}>
      {missing.length > 0 && (
        <Notice kind="warn">
          {t('imports:columns.needed', {
            fields: format.list(missing.map((group) => group.map(nameOf).join(' / '))),
          })}
        </Notice>
      )}
      {write.error && <Refused error={write.error} />}
      <Table verticalSpacing={8} aria-label={t('imports:columns.title')}>
        {!narrow && (
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('imports:columns.column')}</Table.Th>
              <Table.Th scope="col">{t('imports:columns.samples')}</Table.Th>
              <Table.Th scope="col" w={300}>
                {t('imports:columns.meaning')}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
        )}
        <Table.Tbody>
          {inspection.header.map((column, i) => (
            <ColumnRow
              key={`${column} ${i}`}
              one={one}
              column={column}
              samples={inspection.sample.slice(0, samplesShown).map((row) => row[i] ?? '')}
              choose={(meaning) => choose(column, meaning)}
              narrow={narrow ?? false}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}

interface RowProps {
  one: Import
  column: string
  samples: string[]
  choose: (meaning: string | null) => void
  narrow: boolean
}

function ColumnRow({ one, column, samples, choose, narrow }: RowProps) {
  const { t } = useTexts()
  const nameOf = useFieldName()
  const { mapping, inspection, kind } = one
  const field = Object.entries(mapping.columns).find(([, header]) => header === column)?.[0] ?? null
  const meaning = field ?? (mapping.attributes?.includes(column) ? attribute : null)
  const guess = inspection.fields.find((one_guess) => one_guess.column === column && one_guess.field === field)
  const taken = new Set(Object.keys(mapping.columns))
  const options = [
    ...fieldsByKind[kind].map((value) => ({
      value,
      label: nameOf(value),
      disabled: taken.has(value) && value !== field,
    })),
    ...(kind === 'members' ? [{ value: attribute, label: t('imports:columns.attribute') }] : []),
  ]
  const pick = (
    <>
      <Select
        size="xs"
        value={meaning}
        data={options}
        searchable
        clearable
        placeholder={t('imports:columns.unused')}
        aria-label={column}
        onChange={choose}
        nothingFoundMessage={t('kit:none')}
      />
      {guess && (
        <Text size="xs" c={guess.confidence < sureFrom ? 'var(--rg-warn)' : 'dimmed'} mt={2}>
          {textOf(`imports:columns.by.${guess.by}`, guess.by)}
          {guess.confidence < sureFrom ? ` · ${t('imports:columns.unsure')}` : ''}
        </Text>
      )}
    </>
  )
  const cells = samples
    .filter((cell) => cell !== '')
    .map((cell, i) => (
      <div key={i} className={classes.sample}>
        {cell}
      </div>
    ))
  if (narrow)
    return (
      <Table.Tr>
        <Table.Td>
          <Text fw={600} className={classes.column}>
            {column}
          </Text>
          {cells}
          {pick}
        </Table.Td>
      </Table.Tr>
    )
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} className={classes.column}>
        {column}
      </Table.Th>
      <Table.Td>
        <Group gap="md" wrap="nowrap">
          {cells}
        </Group>
      </Table.Td>
      <Table.Td>{pick}</Table.Td>
    </Table.Tr>
  )
}

/** The mapping with one column meaning something else; null: it is not used. */
function changed(mapping: Import['mapping'], column: string, meaning: string | null): Import['mapping'] {
  const columns = Object.fromEntries(Object.entries(mapping.columns).filter(([, header]) => header !== column))
  const spare = Object.fromEntries(
    Object.entries(mapping.spare_columns ?? {}).filter(([, header]) => header !== column),
  )
  const attributes = (mapping.attributes ?? []).filter((header) => header !== column)
  if (meaning === attribute) attributes.push(column)
  else if (meaning) columns[meaning] = column
  const { spare_columns: _spare, attributes: _kept, ...rest } = mapping
  return {
    ...rest,
    columns,
    ...(Object.keys(spare).length > 0 ? { spare_columns: spare } : {}),
    ...(attributes.length > 0 ? { attributes } : {}),
  }
}
