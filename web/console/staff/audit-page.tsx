/** Who changed what, and what was it before? */
import { Code, Modal, Select, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { StaffTabs } from './tabs.tsx'

type Line = Row<'GET /v1/admin/audit'>
/** Rows a page: a desk shows 25 at once. */
const pageSize = 25
const nouns = [
  'members',
  'tiers',
  'point_rules',
  'tier_rules',
  'segments',
  'campaigns',
  'templates',
  'sends',
  'channels',
  'imports',
  'stores',
  'products',
  'program',
  'staff',
  'api_keys',
]

export default function AuditPage() {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const [opened, setOpened] = useState<Line | null>(null)
  const { noun, actor, noun_id } = address
  const list = useList('GET /v1/admin/audit', {
    query: {
      limit: pageSize,
      ...(noun ? { noun } : {}),
      ...(actor ? { actor } : {}),
      ...(noun_id ? { noun_id } : {}),
    },
  })
  const nameOf = useNounName()
  const whoDid = useWhoDid()
  const one = list.rows?.find((line) => line.actor === actor)
  const who = one ? whoDid(one) : actor
  return (
    <Page
      title={t('staff:tabs.audit')}
      question={t('staff:audit.question')}
      as_of={list.rows ? list.read.dataUpdatedAt : null}
    >
      <StaffTabs shown="audit" />
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('staff:tabs.audit')}
        row_key={(row) => String(row.audit_id)}
        onOpen={setOpened}
        download="audit"
        filters={
          <Select
            size="xs"
            w={180}
            clearable
            aria-label={t('staff:audit.noun')}
            placeholder={t('staff:audit.anyNoun')}
            value={noun ?? null}
            onChange={(value) => setAddress({ noun: value })}
            searchable
            data={nouns.map((value) => ({ value, label: nameOf(value) }))}
          />
        }
        chosen={[
          noun && { text: nameOf(noun), drops: ['noun'], has_field: true },
          actor && { text: t('staff:audit.filtered', { name: who ?? '' }), drops: ['actor'] },
          noun_id && { text: noun_id, drops: ['noun_id'] },
        ]}
        empty={<Empty icon="note" title={t('staff:audit.none')} hint={t('staff:audit.noneHint')} />}
      />
      <Modal
        opened={opened !== null}
        onClose={() => setOpened(null)}
        size="lg"
        title={t('staff:audit.open')}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {opened && <Detail line={opened} close={() => setOpened(null)} />}
      </Modal>
    </Page>
  )
}

function useNounName(): (noun: string) => string {
  useTexts()
  return (noun) => textOf(`staff:words.${noun}`, textOf(`${noun}:title`, noun.replaceAll('_', ' ')))
}

/** `store.updated` in words; what is not known yet stays as it is written. */
function useActionName(): (action: string) => string {
  const { t } = useTexts()
  return (action) => {
    const [thing = '', verb = ''] = action.split('.')
    return t('staff:audit.said', {
      noun: textOf(`staff:audit.things.${thing}`, thing),
      verb: textOf(`staff:audit.verbs.${verb}`, verb),
    })
  }
}

function useColumns(): Column<Line>[] {
  const { t } = useTexts()
  const format = useFormat()
  const nounName = useNounName()
  const actionName = useActionName()
  const fieldName = useFieldName()
  const whoDid = useWhoDid()
  return [
    {
      key: 'action',
      title: t('staff:audit.action'),
      render: (row) => actionName(row.action),
      value: (row) => row.action,
    },
    {
      key: 'who',
      title: t('staff:audit.who'),
      value: (row) => row.actor_name,
      render: (row) => whoDid(row),
    },
    {
      key: 'noun',
      title: t('staff:audit.noun'),
      priority: 2,
      render: (row) => nounName(row.noun),
      value: (row) => row.noun,
    },
    {
      key: 'change',
      title: t('staff:audit.change'),
      priority: 2,
      value: (row) => JSON.stringify({ before: row.before, after: row.after }),
      render: (row) => (
        <Text size="sm" c="dimmed" lineClamp={1} maw={380}>
          {format.list(keysOf(row).map(fieldName)) || nothing}
        </Text>
      ),
    },
    {
      key: 'at',
      title: t('staff:audit.at'),
      align: 'right',
      render: (row) => <Moment at={row.at} />,
      value: (row) => format.moment(row.at),
    },
  ]
}

/** Who did it; works of the program itself go by its name. */
function useWhoDid(): (line: Pick<Line, 'actor' | 'actor_name'>) => string {
  const { t } = useTexts()
  return ({ actor, actor_name }) => (actor.startsWith('system') ? t('staff:theProgram') : actor_name)
}

/** A part of what was changed in words; one that has none yet is written plainly. */
function useFieldName(): (key: string) => string {
  useTexts()
  return (key) => textOf(`staff:audit.fields.${key}`, key.replaceAll('_', ' '))
}

function keysOf({ before, after }: Pick<Line, 'before' | 'after'>): string[] {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
}

function Detail({ line, close }: { line: Line; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const actionName = useActionName()
  const fieldName = useFieldName()
  const whoDid = useWhoDid()
  const sides = [line, ...line.personal].filter((side) => keysOf(side).length > 0)
  return (
    <>
      <Text>
        {actionName(line.action)} · {whoDid(line)} · {format.moment(line.at)}
      </Text>
      <Text c="dimmed" size="sm" mb="sm">
        <Door to={`/audit?actor=${encodeURIComponent(line.actor)}`} onClick={close}>
          {t('staff:audit.filtered', { name: whoDid(line) })}
        </Door>
      </Text>
      {sides.length === 0 && <Text c="dimmed">{t('staff:audit.noDetail')}</Text>}
      {sides.map((side, i) => (
        <Table key={i} verticalSpacing={6} mb="md" aria-label={t('staff:audit.open')} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('staff:audit.field')}</Table.Th>
              <Table.Th scope="col">{t('staff:audit.before')}</Table.Th>
              <Table.Th scope="col">{t('staff:audit.after')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keysOf(side).map((key) => (
              <Table.Tr key={key}>
                <Table.Th scope="row" fw={400} style={{ overflowWrap: 'anywhere' }}>
                  {fieldName(key)}
                </Table.Th>
                <Table.Td>
                  <Value value={side.before?.[key]} />
                </Table.Td>
                <Table.Td>
                  <Value value={side.after?.[key]} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span className="rg-muted">{nothing}</span>
  if (typeof value === 'object')
    return (
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {JSON.stringify(value, null, 1)}
      </Code>
    )
  return <span style={{ overflowWrap: 'anywhere' }}>{String(value)}</span>
}
