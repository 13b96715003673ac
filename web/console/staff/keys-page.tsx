/** Which programs may call, and what may they do? */
import { Button, Modal, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch, type Row } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useActorName } from '../actor.ts'
import { useMay } from '../session.tsx'
import { ShownOnce } from './once.tsx'
import { StaffTabs } from './tabs.tsx'

type Key = Row<'GET /v1/admin/api-keys'>

export default function KeysPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const writes = may('keys:write')
  const list = useList('GET /v1/admin/api-keys')
  const [isMaking, setMaking] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  const [revoked, setRevoked] = useState<Key | null>(null)
  const living = list.rows?.filter(({ revoked_at }) => revoked_at === null).length ?? 0
  return (
    <Page
      title={t('staff:tabs.keys')}
      question={t('staff:keys.question')}
      answer={
        list.rows &&
        list.rows.length > 0 && (
          <Sentence text={t('staff:keys.answer', { count: living, keys: format.number(living) })} />
        )
      }
      action={writes && <PrimaryAction label={t('staff:keys.make')} icon="key" onClick={() => setMaking(true)} />}
      actions={
        <Button component="a" href="/docs" target="_blank" variant="default">
          {t('staff:keys.docs')}
        </Button>
      }
    >
      <StaffTabs shown="keys" />
      <DataGrid
        columns={useColumns(writes ? setRevoked : null)}
        list={list}
        label={t('staff:tabs.keys')}
        row_key={(row) => row.key_id}
        skeleton_rows={4}
        empty={
          <Empty
            icon="key"
            title={t('staff:keys.none')}
            hint={t('staff:keys.noneHint')}
            action={writes && <Button onClick={() => setMaking(true)}>{t('staff:keys.make')}</Button>}
          />
        }
      />
      <Modal
        opened={isMaking}
        onClose={() => setMaking(false)}
        title={t('staff:keys.make')}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {isMaking && <KeyForm close={() => setMaking(false)} made={setToken} />}
      </Modal>
      <ShownOnce
        secret={token}
        close={() => setToken(null)}
        title={t('staff:keys.tokenTitle')}
        text={t('staff:keys.tokenText')}
        copy={t('staff:keys.copy')}
      />
      <Revoking revoked={revoked} close={() => setRevoked(null)} />
    </Page>
  )
}

function Revoking({ revoked, close }: { revoked: Key | null; close: () => void }) {
  const { t } = useTexts()
  const revoke = async () => {
    if (!revoked) return
    await call('DELETE /v1/admin/api-keys/:key_id', { params: { key_id: revoked.key_id } })
    await touch('api-keys')
  }
  return (
    <Confirm
      opened={revoked !== null}
      close={close}
      title={t('staff:keys.revokeTitle', { name: revoked?.name ?? '' })}
      verb={t('staff:keys.revoke')}
      dangerous
      act={revoke}
    >
      {t('staff:keys.revokeText')}
    </Confirm>
  )
}

/** `members:write` → noun and what may be done with it. */
function partsOf(scope: string): [noun: string, verb: string] {
  const [noun = '', verb = ''] = scope.split(':')
  return [noun, verb]
}

function useColumns(revoke: ((key: Key) => void) | null): Column<Key>[] {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useActorName()
  const said = (scopes: readonly string[]) =>
    format.list(
      [...new Set(scopes.map((scope) => partsOf(scope)[0]))].map((noun) => {
        const verbs = scopes.filter((scope) => partsOf(scope)[0] === noun).map((scope) => partsOf(scope)[1])
        const verb = verbs.length > 1 ? 'all' : verbs[0] === 'write' ? 'write' : 'read'
        return `${textOf(`staff:words.${noun}`, noun)} (${t(`staff:keys.${verb}`)})`
      }),
    )
  return [
    { key: 'name', title: t('staff:keys.name'), render: (row) => row.name },
    { key: 'prefix', title: t('staff:keys.prefix'), priority: 2, render: (row) => <code>{row.prefix}…</code> },
    {
      key: 'scopes',
      title: t('staff:keys.scopes'),
      render: (row) => (
        <Text size="sm" style={{ whiteSpace: 'normal' }}>
          {said(row.scopes)}
        </Text>
      ),
    },
    {
      key: 'by',
      title: t('staff:keys.by'),
      priority: 2,
      render: (row) => (
        <>
          {nameOf(row.created_by)} · <Moment at={row.created_at} />
        </>
      ),
    },
    {
      key: 'state',
      title: t('staff:keys.state'),
      render: (row) =>
        row.revoked_at ? (
          <StateBadge tone="quiet">{t('staff:keys.revoked')}</StateBadge>
        ) : (
          <StateBadge tone="good">{t('staff:keys.living')}</StateBadge>
        ),
    },
    ...(revoke
      ? [
          {
            key: 'revoke',
            title: t('kit:more'),
            acts: true,
            align: 'right' as const,
            render: (row: Key) =>
              row.revoked_at ? null : (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  onClick={() => revoke(row)}
                  aria-label={`${t('staff:keys.revoke')}: ${row.name}`}
                >
                  {t('staff:keys.revoke')}
                </Button>
              ),
          },
        ]
      : []),
  ]
}

interface Values {
  name: string
  scopes: string[]
}

function KeyForm({ close, made }: { close: () => void; made: (token: string) => void }) {
  const { t } = useTexts()
  const may = useMay()
  const known = useCall('GET /v1/admin/api-keys').data?.scopes ?? []
  // a key may never do more than whoever makes it
  const open = known.filter((scope) => may(scope))
  const form = useForm<Values>({
    initial: { name: '', scopes: [] },
    check: ({ name, scopes }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('staff:needName') }),
      ...(scopes.length > 0 ? {} : { '/scopes': t('staff:keys.needScope') }),
    }),
    save: async ({ name, scopes }) => {
      made((await call('POST /v1/admin/api-keys', { body: { name: name.trim(), scopes } })).token)
      await touch('api-keys')
    },
    saved: close,
  })
  const nouns = [...new Set(open.map((scope) => partsOf(scope)[0]))]
  return (
    <FormFrame form={form} verb={t('staff:keys.make')} cancel={close}>
      <TextField
        field={form.field('name')}
        label={t('staff:keys.name')}
        consequence={t('staff:keys.nameHint')}
        maxLength={100}
        autoFocus
        required
      />
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t('staff:keys.scopes')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('staff:keys.scopesHint')}
        </Text>
        {form.errorAt('/scopes') && (
          <Text size="sm" c="red" role="alert">
            {form.errorAt('/scopes')}
          </Text>
        )}
        <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0}>
          <Table.Tbody>
            {nouns.map((noun) => (
              <ScopeRow
                key={noun}
                noun={noun}
                open={open}
                scopes={form.values.scopes}
                set={(scopes) => form.set({ scopes })}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </FormFrame>
  )
}

interface ScopeRowProps {
  noun: string
  open: readonly string[]
  scopes: readonly string[]
  set: (scopes: string[]) => void
}

/** Nothing, read, or read and write: writing without reading is for nobody. */
function ScopeRow({ noun, open, scopes, set }: ScopeRowProps) {
  const { t } = useTexts()
  const [read, write] = [`${noun}:read`, `${noun}:write`]
  const chosen = scopes.includes(write) ? 'all' : scopes.includes(read) ? 'read' : 'nothing'
  const choose = (value: string) => {
    const others = scopes.filter((scope) => partsOf(scope)[0] !== noun)
    set([
      ...others,
      ...(value === 'nothing'
        ? []
        : value === 'read'
          ? [read]
          : [read, write].filter((scope) => open.includes(scope))),
    ])
  }
  const choices = (['nothing', 'read', 'all'] as const).filter((value) => value !== 'all' || open.includes(write))
  const name = textOf(`staff:words.${noun}`, noun)
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {name}
      </Table.Th>
      <Table.Td ta="right">
        <SegmentedControl
          size="xs"
          value={chosen}
          onChange={choose}
          aria-label={name}
          data={choices.map((value) => ({ value, label: t(`staff:keys.${value}`) }))}
        />
      </Table.Td>
    </Table.Tr>
  )
}
