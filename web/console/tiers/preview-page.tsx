/** Whom would this rule move? Tried on all members without moving anybody; then applied, or not. */
import { Button, Group, Table } from '@mantine/core'
import { useState } from 'react'
import { useAddress, usePathParam } from '../../kit/address.ts'
import { call, touch, type Answer, type Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty, Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useTierNames } from '../points/rule-words.ts'
import { ComingVersions } from '../coming-versions.tsx'
import { ApplyRule, isUnderWay, PreviewState, previewPollMs } from '../rule-preview.tsx'
import { useMay } from '../session.tsx'
import { Applied, useApplied } from './applied.tsx'
import { useTierRuleLine } from './rule-words.ts'

type TierPreview = Answer<'GET /v1/admin/tier-rules/previews/:preview_id'>
type Move = Row<'GET /v1/admin/tier-rules/previews/:preview_id/members'>

export default function TierPreviewPage() {
  const { t } = useTexts()
  const preview_id = usePathParam('preview_id')
  const [moving, setMoving] = useState(true)
  const read = useCall(
    'GET /v1/admin/tier-rules/previews/:preview_id',
    { params: { preview_id } },
    { every_ms: moving && previewPollMs, fresh_ms: 0 },
  )
  const preview = read.data
  const applied = useApplied(preview)
  const still = preview !== undefined && !isUnderWay(preview) && applied !== 'applying'
  if (preview && still === moving) setMoving(!still)
  const above = [
    { title: t('tiers:title'), to: '/tiers' },
    { title: t('tiers:change'), to: `/tiers/rule?from=${preview_id}` },
  ]
  const frame = { title: t('points:preview.title'), question: t('tiers:preview.question'), above }
  if (preview) return <Inside preview={preview} asked_at={read.dataUpdatedAt} frame={frame} />
  return (
    <Page {...frame}>
      {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={4} />}
    </Page>
  )
}

interface InsideProps {
  preview: TierPreview
  asked_at: number
  frame: { title: string; question: string; above: { title: string; to: string }[] }
}

function Inside({ preview, asked_at, frame }: InsideProps) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const line = useTierRuleLine(useTierNames())
  const [asking, setAsking] = useState(false)
  const { preview_id, status, totals } = preview
  const [up, down] = [totals.members_up ?? 0, totals.members_down ?? 0]
  const cancel = async () => {
    await call('POST /v1/admin/tier-rules/previews/:preview_id/cancel', { params: { preview_id } }).catch(
      () => undefined,
    )
    await touch('tier-rules')
  }
  const apply = async (note: string, begins: { effective_from?: string }) => {
    await call('POST /v1/admin/tier-rules', { body: { preview_id, ...begins, ...(note ? { note } : {}) } })
    await touch('tier-rules', 'tiers', 'members')
  }
  const canApply = status === 'done' && preview.applied_version === null && may('rules:write')
  return (
    <Page
      {...frame}
      as_of={preview.finished_at}
      answer={status === 'done' ? <Answered preview={preview} /> : null}
      action={
        canApply && <PrimaryAction label={t('tiers:preview.apply')} icon="check" onClick={() => setAsking(true)} />
      }
    >
      <Notice>{line(preview.rule)}</Notice>
      <PreviewState preview={preview} asked_at={asked_at} cancel={() => void cancel()} />
      {canApply && <Coming />}
      <Applied preview={preview} />
      {status === 'done' && <Found preview={preview} />}
      {(status === 'cancelled' || status === 'failed') && (
        <Group>
          <Button component={Door} to={`/tiers/rule?from=${preview_id}`} variant="default">
            {t('points:preview.again')}
          </Button>
        </Group>
      )}
      <ApplyRule
        opened={asking}
        close={() => setAsking(false)}
        title={t('rules:apply.title')}
        coming={<Coming />}
        later={(at) => t('rules:apply.tiers', { at })}
        verb={t('tiers:preview.apply')}
        apply={apply}
      >
        {t(preview.lower_now ? 'tiers:preview.applyTextLower' : 'tiers:preview.applyText', {
          up: format.number(up),
          down: format.number(down),
        })}
      </ApplyRule>
    </Page>
  )
}

/** Versions to come, while another is about to be applied. */
function Coming() {
  const line = useTierRuleLine(useTierNames())
  const rows = useCall('GET /v1/admin/tier-rules').data?.data
  return <ComingVersions rows={rows} line={({ rule }) => line(rule)} />
}

function Answered({ preview }: { preview: TierPreview }) {
  const { t } = useTexts()
  const format = useFormat()
  const { members_up: up = 0, members_down: down = 0 } = preview.totals
  if (up + down === 0) return t('tiers:preview.answerNone')
  return (
    <Sentence
      text={t('tiers:preview.answer', {
        up: format.number(up),
        down: format.number(down),
        looked: format.number(preview.members_total),
      })}
      doors={{
        up: up > 0 ? addressOf(preview, { move: 'up' }) : undefined,
        down: down > 0 ? addressOf(preview, { move: 'down' }) : undefined,
      }}
    />
  )
}

/** As the API writes "no tier". */
const noTier = '-'

/** The preview with some of its moves alone. */
function addressOf({ preview_id }: TierPreview, moves: Record<string, string>): string {
  return `/tiers/previews/${preview_id}?${new URLSearchParams(moves).toString()}`
}

function Found({ preview }: { preview: TierPreview }) {
  const { t } = useTexts()
  const nameOf = useTierNames()
  const named = (code: string | null) => (code === null ? t('tiers:preview.none') : nameOf(code))
  const [{ move, from, to }] = useAddress()
  const place = (code: string | undefined) => (code ? named(code === noTier ? null : code) : '…')
  const wanted = {
    ...(move === 'up' || move === 'down' ? { move: move as 'up' | 'down' } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  }
  const list = useList('GET /v1/admin/tier-rules/previews/:preview_id/members', {
    params: { preview_id: preview.preview_id },
    query: { limit: 25, ...wanted },
  })
  const moves = (preview.totals.moves ?? []).filter(({ from, to }) => from !== to)
  const columns: Column<Move>[] = [
    {
      key: 'name',
      title: t('points:preview.member'),
      render: (row) => row.display_name ?? t('members:unnamed'),
      value: (row) => row.display_name,
    },
    {
      key: 'from',
      title: t('tiers:preview.from'),
      render: (row) => named(row.from_code),
      value: (row) => row.from_code,
    },
    {
      key: 'to',
      title: t('tiers:preview.to'),
      render: (row) => <strong>{named(row.to_code)}</strong>,
      value: (row) => row.to_code,
    },
  ]
  return (
    <>
      {moves.length > 0 && <Moves preview={preview} moves={moves} named={named} />}
      <Section bare title={t('points:preview.differences')}>
        <DataGrid
          columns={columns}
          list={list}
          label={t('points:preview.differences')}
          row_key={(row) => row.member_id}
          to={(row) => `/members/${row.member_id}`}
          download="tier-moves"
          chosen={[
            wanted.move && { text: t(`tiers:preview.${wanted.move}`), drops: ['move'] },
            (from || to) && { text: [from, to].map(place).join(' → '), drops: ['from', 'to'] },
          ]}
          empty={<Empty icon="check" title={t('tiers:preview.same')} hint={t('tiers:preview.sameHint')} />}
        />
      </Section>
    </>
  )
}

interface MovesProps {
  preview: TierPreview
  moves: NonNullable<TierPreview['totals']['moves']>
  named: (code: string | null) => string
}

/** How many go from which tier to which. */
function Moves({ preview, moves, named }: MovesProps) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Section title={t('tiers:preview.moves')}>
      <Table verticalSpacing={6} aria-label={t('tiers:preview.moves')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('tiers:preview.from')}</Table.Th>
            <Table.Th scope="col">{t('tiers:preview.to')}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t('tiers:members')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {moves.map(({ from, to, members }) => (
            <Table.Tr key={`${from} ${to}`}>
              <Table.Td>{named(from)}</Table.Td>
              <Table.Td>{named(to)}</Table.Td>
              <Table.Td ta="right" className="rg-figures">
                <NumberDoor
                  value={format.number(members)}
                  to={addressOf(preview, { from: from ?? noTier, to: to ?? noTier })}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}
