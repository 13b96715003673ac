/** One import: what was understood of its file, then its trial, its run and what came of it; by the state it is in. */
import { Button, Group, Menu, Text } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed, Refused, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { OursSentence } from '../reports/ours.tsx'
import { useMay } from '../session.tsx'
import { ColumnsPart } from './columns-part.tsx'
import { CountsPart } from './counts-part.tsx'
import { DateOrders, EncodingChoice } from './encoding-choice.tsx'
import { ResultsPart } from './results-part.tsx'
import { RunningPart } from './running-part.tsx'
import { SettingsPart } from './settings-part.tsx'
import { ImportState } from './table.tsx'
import { useCodeText, useFieldName } from './words.ts'

export type Import = Answer<'GET /v1/admin/imports/:import_id'>

/** Progress is asked for so often that a bar moves, and no oftener. */
const pollMs = 1_000

export default function ImportPage() {
  const { t } = useTexts()
  const import_id = usePathParam('import_id')
  const [works, setWorks] = useState(false)
  const read = useCall(
    'GET /v1/admin/imports/:import_id',
    { params: { import_id } },
    { every_ms: works ? pollMs : false },
  )
  const one = read.data
  const isWorking = one?.status === 'running' || one?.status === 'checking'
  if (one && isWorking !== works) setWorks(isWorking)
  const above = [{ title: t('imports:title'), to: '/imports' }]
  if (one) return <ImportInside one={one} above={above} />
  return (
    <Page title={t('imports:title')} above={above}>
      {read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <>
          <TextSkeleton lines={2} width={480} />
          <BlockSkeleton height={420} />
        </>
      )}
    </Page>
  )
}

function ImportInside({ one, above }: { one: Import; above: { title: string; to: string }[] }) {
  const { status } = one
  const may = useMay()
  const isOpen = status === 'uploaded'
  const isOver = status === 'done' || status === 'cancelled' || status === 'failed'
  return (
    <Page
      title={one.file_name}
      above={above}
      answer={
        <>
          <Head one={one} />
          <div>{useAnswer(one)}</div>
        </>
      }
      action={may('imports:write') && <Act one={one} />}
      actions={may('imports:write') && <More one={one} />}
    >
      {(status === 'running' || status === 'checking') && <RunningPart one={one} />}
      {isOpen && <EncodingChoice one={one} />}
      {isOpen && <DateOrders one={one} />}
      {isOpen && one.dry_run && <CountsPart counts={one.dry_run} kind={one.kind} tried />}
      {status === 'done' && (
        <Section>
          <Text component="div" fz={16}>
            <OursSentence />
          </Text>
        </Section>
      )}
      {isOver && <CountsPart counts={one.counts} kind={one.kind} />}
      {(isOver || one.dry_run) && <ResultsPart one={one} />}
      {isOpen && <ColumnsPart one={one} />}
      {isOpen && <SettingsPart key={JSON.stringify(one.mapping)} one={one} />}
    </Page>
  )
}

function Head({ one }: { one: Import }) {
  const { t } = useTexts()
  const format = useFormat()
  // a megabyte is 1,048,576 bytes here as in file managers; small files still weigh something
  const size = format.number(Math.max(0.1, Math.round((one.file_bytes / 1_048_576) * 10) / 10))
  return (
    <Group gap="md" fz="sm" c="dimmed" mb={4}>
      <ImportState status={one.status} />
      <span>{t(`imports:kinds.${one.kind}`)}</span>
      <span>{t('imports:detail.size', { size, name: one.actor_name, ago: format.relative(one.created_at) })}</span>
    </Group>
  )
}

function useAnswer(one: Import): string {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useFieldName()
  const codeText = useCodeText()
  const { counts, status, dry_run: tried, progress } = one
  const rows = format.number(counts.rows)
  const refused = format.number(counts.refused)
  switch (status) {
    case 'uploaded': {
      const missing = missingOf(one)
      if (missing.length > 0) {
        return t('imports:detail.answerMissing', {
          fields: format.list(missing.map((group) => group.map(nameOf).join(' / '))),
        })
      }
      if (!tried) return t('imports:detail.answerUploaded')
      return t('imports:detail.answerTried', {
        accepted: format.number(tried.rows - tried.refused),
        refused: format.number(tried.refused),
      })
    }
    case 'checking':
      return t('imports:detail.answerChecking')
    case 'running':
      return t('imports:detail.answerRunning')
    case 'done':
      return one.kind === 'members'
        ? t('imports:detail.answerDoneMembers', { members: format.number(counts.members), refused, rows })
        : t('imports:detail.answerDoneOrders', {
            orders: format.number(counts.orders),
            cancellations: format.number(counts.cancellations),
            members: format.number(counts.members),
            guests: format.number(counts.guests),
            refused,
            rows,
          })
    case 'cancelled':
      return t('imports:detail.answerStopped', {
        booked: format.number(progress.rows_booked),
        rows: format.number(progress.rows_read),
      })
    case 'failed':
      return t('imports:detail.answerFailed', { reason: one.error ? codeText(one.error.code, one.error.params) : '' })
  }
}

/** Groups of fields of which one is needed and none is mapped. */
export function missingOf(one: Import): string[][] {
  const mapped = new Set(Object.keys(one.mapping.columns))
  const needed =
    one.kind === 'orders'
      ? [['order_id'], ['occurred_at'], ['line_total', 'unit_price', 'order_total']]
      : [['external_id', 'phone', 'email', 'card']]
  return needed.filter((group) => !group.some((field) => mapped.has(field)))
}

/** Can it be tried and started? */
function isReady(one: Import): boolean {
  return missingOf(one).length === 0 && (one.inspection.is_certain || one.mapping.encoding !== undefined)
}

function Act({ one }: { one: Import }) {
  const { t } = useTexts()
  const format = useFormat()
  const step = useStep(one)
  const [asks, setAsks] = useState(false)
  const { status, dry_run: tried } = one
  if (status === 'done') return <PrimaryAction label={t('imports:detail.new')} icon="members" to="/members" />
  if (status === 'cancelled' || status === 'failed') {
    return (
      <PrimaryAction
        label={t('imports:detail.resume')}
        icon="play"
        busy={step.busy}
        onClick={() => void step.go('resumption')}
      />
    )
  }
  if (status !== 'uploaded') return null
  const taken = tried ? tried.rows - tried.refused : 0
  return (
    <>
      {tried ? (
        <PrimaryAction
          label={t('imports:detail.startRows', { count: taken, rows: format.number(taken) })}
          icon="imports"
          disabled={taken === 0}
          onClick={() => setAsks(true)}
        />
      ) : (
        <PrimaryAction
          label={t('imports:detail.try')}
          icon="play"
          busy={step.busy}
          disabled={!isReady(one)}
          onClick={() => void step.go('dry-run')}
        />
      )}
      {step.error ? <Refused error={step.error} /> : null}
      <Confirm
        opened={asks}
        close={() => setAsks(false)}
        title={t('imports:detail.startTitle', { name: one.file_name })}
        verb={t('imports:detail.start')}
        act={() => post(one.import_id, 'start')}
      >
        <StartWords one={one} />
      </Confirm>
    </>
  )
}

function StartWords({ one }: { one: Import }) {
  const { t } = useTexts()
  const format = useFormat()
  const tried = one.dry_run
  if (!tried) return t('imports:detail.startBodyUntried')
  const { placed, changed, unchanged, refused } = tried
  return t('imports:detail.startBody', {
    placed: format.number(placed),
    changed: format.number(changed),
    unchanged: format.number(unchanged),
    refused: format.number(refused),
  })
}

type Step = 'dry-run' | 'start' | 'resumption' | 'cancellation'

/** Takes a step and reads the import again. */
export async function post(import_id: string, step: Step): Promise<void> {
  await call(`POST /v1/admin/imports/:import_id/${step}`, { params: { import_id } })
  await touch('imports')
}

function useStep({ import_id }: Import) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const go = async (step: Step) => {
    setBusy(true)
    setError(null)
    await post(import_id, step).catch(setError)
    setBusy(false)
  }
  return { busy, error, go }
}

function More({ one }: { one: Import }) {
  const { t } = useTexts()
  const go = useGo()
  const step = useStep(one)
  const [asked, setAsked] = useState<'start' | 'remove' | null>(null)
  const { status, import_id, file_name: name } = one
  if (status === 'running' || status === 'checking') return null
  const remove = async () => {
    await call('DELETE /v1/admin/imports/:import_id', { params: { import_id } })
    go('/imports', { replace: true })
    await touch('imports')
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<Icon name="down" size={14} />}>
            {t('kit:more')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {status === 'uploaded' && isReady(one) && one.dry_run && (
            <Menu.Item onClick={() => void step.go('dry-run')}>{t('imports:detail.tryAgain')}</Menu.Item>
          )}
          {status === 'uploaded' && isReady(one) && !one.dry_run && (
            <Menu.Item onClick={() => setAsked('start')}>{t('imports:detail.start')}</Menu.Item>
          )}
          <Menu.Item color="red" onClick={() => setAsked('remove')}>
            {t('imports:detail.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked === 'start'}
        close={() => setAsked(null)}
        title={t('imports:detail.startTitle', { name })}
        verb={t('imports:detail.start')}
        act={() => post(import_id, 'start')}
      >
        <StartWords one={one} />
      </Confirm>
      <Confirm
        opened={asked === 'remove'}
        close={() => setAsked(null)}
        title={t('imports:detail.removeTitle', { name })}
        dangerous
        verb={t('imports:detail.remove')}
        act={remove}
      >
        {t('imports:detail.removeBody')}
      </Confirm>
    </>
  )
}
