/** How a part of a page looks while there is nothing, not yet, not any more, or something wrong. */
import { Alert, Box, Button, Group, Paper, Progress as Bar, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from './call.ts'
import { useFormat } from './format.ts'
import { textOf, useTexts } from './i18n.ts'
import { Icon, type IconName } from './icons.tsx'
import { useProblem } from './problem.ts'

/** Empty: why, what to do, and the button that does it. */
export function Empty(props: { title: string; hint?: ReactNode; action?: ReactNode; icon?: IconName }) {
  return (
    <Stack align="center" gap={6} py={48} px="md" ta="center">
      <Box c="dimmed" mb={4}>
        <Icon name={props.icon ?? 'info'} size={28} />
      </Box>
      <Text fw={600}>{props.title}</Text>
      {props.hint && (
        <Text c="dimmed" maw={440}>
          {props.hint}
        </Text>
      )}
      {props.action && <Box mt="sm">{props.action}</Box>}
    </Stack>
  )
}

/** Error: what happened, what was kept, what to do; the code small below. */
export function Failed({ error, retry, kept }: { error: unknown; retry?: (() => void) | undefined; kept?: string }) {
  const { t } = useTexts()
  const sentence = useProblem(error, 'tap')
  const known = error instanceof ApiError ? error : null
  // a link that was cut off, or to what is gone: trying again brings nothing
  if (known?.status === 404) return <Empty icon="search" title={sentence} />
  if (known?.code === 'request.invalid') return <Empty icon="search" title={t('errors:route.not_found')} />
  return (
    <Stack align="center" gap={6} py={40} px="md" ta="center" role="alert">
      <Box c="var(--rg-bad)" mb={4}>
        <Icon name="warning" size={28} />
      </Box>
      <Text fw={600}>{t('kit:errorTitle')}</Text>
      <Text maw={480}>{sentence}</Text>
      <Text c="dimmed" size="sm">
        {kept ?? t('kit:errorKept')}
      </Text>
      {retry && (
        <Button mt="xs" variant="default" onClick={retry}>
          {t('kit:retry')}
        </Button>
      )}
      {known && (
        <Text c="dimmed" size="xs" mt="xs" ff="monospace">
          {known.code}
          {known.request_id ? ` · ${known.request_id}` : ''}
        </Text>
      )}
    </Stack>
  )
}

/** A refused write, above the buttons of its form or dialog. Its code only where it says more than the sentence. */
export function Refused({ error }: { error: unknown }) {
  const sentence = useProblem(error)
  if (!error) return null
  const known = error instanceof ApiError && needsCode(error) ? error : null
  return (
    <Alert color="red" variant="light" icon={<Icon name="warning" />} role="alert">
      <Text size="sm">{sentence}</Text>
      {known && (
        <Text size="xs" c="dimmed" ff="monospace" mt={2}>
          {known.code}
        </Text>
      )}
    </Alert>
  )
}

/** What went wrong at our end, and what has no sentence in this language, is asked about by its code. */
function needsCode({ status, code }: ApiError): boolean {
  return status >= 500 || textOf(`errors:${code}`, '') === ''
}

/** A note in a page: advice, a consequence, a caution. */
export function Notice(props: {
  kind?: 'info' | 'good' | 'warn'
  title?: string
  children?: ReactNode
  action?: ReactNode
}) {
  const kind = props.kind ?? 'info'
  const icon: IconName = kind === 'good' ? 'check' : kind === 'warn' ? 'warning' : 'info'
  const color = { info: 'gray', good: 'green', warn: 'yellow' }[kind]
  return (
    <Alert
      color={color}
      variant="light"
      icon={<Icon name={icon} />}
      title={props.title}
      styles={{ message: { color: 'inherit' } }}
    >
      <Group justify="space-between" gap="sm" wrap="wrap">
        <Box flex={1} miw={200}>
          {props.children}
        </Box>
        {props.action}
      </Group>
    </Alert>
  )
}

/** The shape of text that is coming. */
export function TextSkeleton({ lines = 3, width = '100%' }: { lines?: number; width?: string | number }) {
  const { t } = useTexts()
  return (
    <Stack gap={10} w={width} maw="100%" role="status" aria-label={t('kit:loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} h={14} w={line === lines - 1 ? '55%' : '100%'} />
      ))}
    </Stack>
  )
}

/** The shape of a block (chart, card) that is coming. */
export function BlockSkeleton({ height }: { height: number }) {
  const { t } = useTexts()
  return <Skeleton h={height} radius="md" role="status" aria-label={t('kit:loading')} />
}

/** Old figures say their age. Nothing while younger than `old_ms`. */
export function Stale({ at, old_ms = 300_000, refresh }: { at: string; old_ms?: number; refresh?: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  if (format.present().getTime() - new Date(at).getTime() < old_ms) return null
  const action = refresh && (
    <Button size="xs" variant="default" onClick={refresh}>
      {t('kit:refresh')}
    </Button>
  )
  return (
    <Notice kind="warn" action={action}>
      {t('kit:stale', { ago: format.relative(at) })}
    </Notice>
  )
}

export interface ProgressProps {
  /** What is being done, in words: "Importing orders". */
  title: string
  done: number
  /** Unknown while null: the bar then only moves. */
  total: number | null
  /** Seconds since it began, for the time left. */
  seconds?: number | null
  state?: 'running' | 'stopping' | 'failed' | 'finished'
  /** More words: refused so far, speed. */
  detail?: ReactNode
  cancel?: (() => void) | undefined
  /** false: it ends with this page (an upload). */
  goes_on?: boolean
}

/** Long work: a count, a time left, a way to stop, and the promise that it goes on without this page. */
export function Progress({
  title,
  done,
  total,
  seconds,
  state = 'running',
  detail,
  cancel,
  goes_on = true,
}: ProgressProps) {
  const { t } = useTexts()
  const format = useFormat()
  const share = total ? Math.min(1, done / total) : null
  const left = share && share < 1 && seconds ? (seconds / share) * (1 - share) : null
  const count =
    total === null
      ? format.number(done)
      : t('kit:progressOf', { done: format.number(done), total: format.number(total) })
  const after = { failed: t('kit:failed'), finished: t('kit:finished'), stopping: t('kit:stopping'), running: null }[
    state
  ]
  const color = state === 'failed' ? 'red' : state === 'finished' ? 'green' : 'persimmon'
  return (
    <Paper withBorder p="md" radius="md" role="status" aria-live="polite">
      <Group justify="space-between" mb={6}>
        <Text fw={600}>{title}</Text>
        {cancel && state === 'running' && (
          <Button size="xs" variant="default" onClick={cancel}>
            {t('kit:stop')}
          </Button>
        )}
      </Group>
      <Bar
        value={share === null ? 100 : share * 100}
        animated={state === 'running'}
        color={color}
        size="md"
        radius="xl"
        aria-label={title}
      />
      <Group justify="space-between" mt={6} gap="xs">
        <Text size="sm" className="rg-figures">
          {count}
          {share === null ? '' : ` · ${format.percent(share)}`}
          {left !== null && state === 'running' ? ` · ${t('kit:timeLeft', { duration: format.duration(left) })}` : ''}
          {after ? ` · ${after}` : ''}
        </Text>
        {state === 'running' && goes_on && (
          <Text size="sm" c="dimmed">
            {t('kit:goesOn')}
          </Text>
        )}
      </Group>
      {detail && <Box mt={6}>{detail}</Box>}
    </Paper>
  )
}
