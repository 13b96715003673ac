/** What would this rule change? The real booking tried on last month, member by member; then it is applied, or not. */
import { Button, Group, SimpleGrid, Stack } from '@mantine/core'
import { useState } from 'react'
import { useAddress, usePathParam } from '../../kit/address.ts'
import { call, client, touch, type Answer, type Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty, Failed, Notice, Progress, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { ApplyRule, isUnderWay, PreviewState, previewPollMs } from '../rule-preview.tsx'
import { useMay } from '../session.tsx'
import { ComingVersions } from '../coming-versions.tsx'
import { useRuleLine } from './rule-words.ts'

type PointPreview = Answer<'GET /v1/admin/point-rules/previews/:preview_id'>
type Difference = Row<'GET /v1/admin/point-rules/previews/:preview_id/differences'>

export default function PointPreviewPage() {
  const { t } = useTexts()
  const preview_id = usePathParam('preview_id')
  const [moving, setMoving] = useState(true)
  const read = useCall(
    'GET /v1/admin/point-rules/previews/:preview_id',
    { params: { preview_id } },
    { every_ms: moving && previewPollMs, fresh_ms: 0 },
  )
  const preview = read.data
  const still = preview !== undefined && !isUnderWay(preview) && !isRebooking(preview)
  if (preview && still === moving) setMoving(!still)
  const above = [
    { title: t('points:title'), to: '/points' },
    { title: t('points:change'), to: `/points/rule?from=${preview_id}` },
  ]
  const frame = { title: t('points:preview.title'), question: t('points:preview.question'), above }
  if (!preview) {
    return (
      <Page {...frame}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={4} />}
      </Page>
    )
  }
  return <Inside preview={preview} asked_at={read.dataUpdatedAt} frame={frame} />
}

/** Applied to last month, and the differences are being booked. */
function isRebooking({ applied_version, applied_done, members_total }: PointPreview): boolean {
  return applied_version !== null && applied_done < (members_total ?? 0)
}

interface InsideProps {
  preview: PointPreview
  asked_at: number
  frame: { title: string; question: string; above: { title: string; to: string }[] }
}

function Inside({ preview, asked_at, frame }: InsideProps) {
  const { t } = useTexts()
  const line = useRuleLine()
  const may = useMay()
  const [asking, setAsking] = useState<'now' | 'past' | null>(null)
  const cancel = async () => {
    await call('POST /v1/admin/point-rules/previews/:preview_id/cancel', {
      params: { preview_id: preview.preview_id },
    }).catch(() => undefined)
    await touch('point-rules')
  }
  const canApply = preview.status === 'done' && preview.applied_version === null && may('rules:write')
  return (
    <Page
      {...frame}
      as_of={preview.finished_at}
      answer={<Answered preview={preview} />}
      action={
        canApply && <PrimaryAction label={t('rules:apply.open')} icon="check" onClick={() => setAsking('now')} />
      }
      actions={
        canApply && (
          <Button variant="default" onClick={() => setAsking('past')}>
            {t('points:preview.applyPast')}
          </Button>
        )
      }
    >
      <Notice>{line(preview.rule)}</Notice>
      {canApply && <Coming />}
      <PreviewState preview={preview} asked_at={asked_at} cancel={() => void cancel()} />
      {isRebooking(preview) && (
        <Progress title={t('points:preview.rebooking')} done={preview.applied_done} total={preview.members_total} />
      )}
      {preview.applied_version !== null && !isRebooking(preview) && (
        <Notice kind="good">{t('points:preview.rebooked')}</Notice>
      )}
      {preview.status === 'done' && <Found preview={preview} />}
      {(preview.status === 'cancelled' || preview.status === 'failed') && (
        <Group>
          <Button component={Door} to={`/points/rule?from=${preview.preview_id}`} variant="default">
            {t('points:preview.again')}
          </Button>
        </Group>
      )}
      <Applying preview={preview} asking={asking} close={() => setAsking(null)} />
    </Page>
  )
}

function Answered({ preview }: { preview: PointPreview }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { totals, status } = preview
  if (status !== 'done') return null
  const { members_changed = 0, points_change = 0, change_minor = 0 } = totals
  const from = format.dayOf(preview.window_from)
  if (members_changed === 0) return t('points:preview.answerNone', { from })
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' })
  return (
    <Sentence
      text={t('points:preview.answer', {
        count: members_changed,
        members: format.number(members_changed),
        from,
        change: signed.format(points_change),
        worth: format.money(Math.abs(Math.round(change_minor))),
        direction: t(points_change >= 0 ? 'points:preview.more' : 'points:preview.less'),
      })}
      doors={{ members: addressOf(preview) }}
    />
  )
}

/** Versions to come, while another is about to be applied. */
function Coming() {
  const line = useRuleLine()
  const rows = useCall('GET /v1/admin/point-rules').data?.data
  return <ComingVersions rows={rows} line={({ rule }) => line(rule)} />
}

/** The preview with the members who gain or lose alone; all without a change. */
function addressOf({ preview_id }: PointPreview, change?: 'more' | 'less'): string {
  const kept = new URLSearchParams(window.location.search)
  kept.delete('change')
  if (change) kept.set('change', change)
  const query = kept.toString()
  return `/points/previews/${preview_id}${query ? `?${query}` : ''}`
}

function Found({ preview }: { preview: PointPreview }) {
  const { t } = useTexts()
  const format = useFormat()
  const columns = useColumns()
  const { preview_id, totals } = preview
  const [address] = useAddress()
  const change = (['more', 'less'] as const).find((one) => one === address['change'])
  const list = useList('GET /v1/admin/point-rules/previews/:preview_id/differences', {
    params: { preview_id },
    query: { limit: 25, ...(change ? { change } : {}) },
  })
  const people = (count: number | undefined, of: 'more' | 'less') => (
    <NumberDoor value={format.number(count)} to={count ? addressOf(preview, of) : undefined} />
  )
  return (
    <Stack gap="lg">
      <Section>
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          <Figure label={t('points:preview.orders')} value={format.number(totals.orders)} />
          <Figure label={t('points:preview.before')} value={format.points(totals.points_before)} />
          <Figure label={t('points:preview.gaining')} value={people(totals.members_gaining, 'more')} />
          <Figure label={t('points:preview.losing')} value={people(totals.members_losing, 'less')} />
        </SimpleGrid>
      </Section>
      <Section
        bare
        title={t('points:preview.differences')}
        aside={
          <Button
            component="a"
            variant="default"
            size="xs"
            leftSection={<Icon name="download" size={15} />}
            download="differences.csv"
            href={client.address('GET /v1/admin/point-rules/previews/:preview_id/differences.csv', {
              params: { preview_id },
            })}
          >
            {t('kit:download')}
          </Button>
        }
      >
        <DataGrid
          columns={columns}
          list={list}
          label={t('points:preview.differences')}
          chosen={[
            change && {
              text: t(change === 'more' ? 'points:preview.gaining' : 'points:preview.losing'),
              drops: ['change'],
            },
          ]}
          row_key={(row) => row.member_id}
          to={(row) => `/members/${row.member_id}`}
          empty={<Empty icon="check" title={t('points:preview.same')} hint={t('points:preview.sameHint')} />}
        />
      </Section>
    </Stack>
  )
}

function useColumns(): Column<Difference>[] {
  const { t, language } = useTexts()
  const format = useFormat()
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' })
  return [
    { key: 'name', title: t('points:preview.member'), render: (row) => row.display_name ?? t('members:unnamed') },
    { key: 'orders', title: t('points:preview.orders'), align: 'right', render: (row) => format.number(row.orders) },
    {
      key: 'before',
      title: t('points:preview.before'),
      align: 'right',
      priority: 2,
      render: (row) => format.points(row.points_before),
    },
    {
      key: 'change',
      title: t('points:preview.change'),
      align: 'right',
      render: (row) => <strong>{signed.format(row.points_change)}</strong>,
    },
    {
      key: 'after',
      title: t('points:preview.after'),
      align: 'right',
      render: (row) => format.points(row.points_before + row.points_change),
    },
  ]
}

function Applying({
  preview,
  asking,
  close,
}: {
  preview: PointPreview
  asking: 'now' | 'past' | null
  close: () => void
}) {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const [address] = useAddress()
  const worth = Number(address['worth'])
  const isPast = asking === 'past'
  const apply = async (note: string, begins: { effective_from?: string }) => {
    await call('POST /v1/admin/point-rules', {
      body: {
        ...(isPast ? { preview_id: preview.preview_id } : { rule: preview.rule, ...begins }),
        ...(note ? { note } : {}),
        ...(address['worth'] && Number.isFinite(worth) ? { point_value_minor: worth } : {}),
      },
    })
    await touch('point-rules', 'points', 'program')
    if (!isPast) go('/points')
  }
  const { members_changed = 0, points_change = 0 } = preview.totals
  return (
    <ApplyRule
      opened={asking !== null}
      close={close}
      apply={apply}
      title={isPast ? t('points:preview.applyPastTitle') : t('rules:apply.title')}
      coming={<Coming />}
      {...(isPast ? {} : { later: (at: string) => t('rules:apply.points', { at }) })}
      verb={
        isPast
          ? t('points:preview.applyPastVerb', { count: members_changed, members: format.number(members_changed) })
          : t('points:preview.applyNow')
      }
    >
      {isPast
        ? t('points:preview.applyPastText', {
            from: format.dayOf(preview.window_from),
            members: format.number(members_changed),
            points: format.points(Math.abs(points_change)),
          })
        : t('points:preview.applyNowText')}
    </ApplyRule>
  )
}
