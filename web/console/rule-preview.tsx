/** A preview under way: how far it is, a way to stop it; and the dialog that applies what it found. */
import { Stack, Text, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { Confirm } from '../kit/confirm.tsx'
import { useFormat } from '../kit/format.ts'
import { useTexts, textOf } from '../kit/i18n.ts'
import { Notice, Progress } from '../kit/states.tsx'
import { TakesEffectField, useTakesEffect, type Chosen } from './takes-effect.tsx'

export interface Preview {
  status: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'
  members_total: number | null
  members_done: number
  error: unknown
  created_at: string
}

/** How often a preview is asked how far it is: twice a second reads as moving. */
export const previewPollMs = 500

export function isUnderWay(preview: Preview | undefined): boolean {
  return preview !== undefined && (preview.status === 'waiting' || preview.status === 'running')
}

/** The bar while it works; the reason when it stopped before the end. Nothing once it is done. */
export function PreviewState({
  preview,
  asked_at,
  cancel,
}: {
  preview: Preview
  asked_at: number
  cancel: () => void
}) {
  const { t } = useTexts()
  const format = useFormat()
  if (preview.status === 'cancelled') return <Notice kind="warn">{t('points:preview.cancelled')}</Notice>
  if (preview.status === 'failed') {
    const { code = 'server.failed', params = {} } = (preview.error ?? {}) as {
      code?: string
      params?: Record<string, unknown>
    }
    return (
      <Notice kind="warn" title={t('points:preview.failed')}>
        {textOf(`errors:${code}`, code, params)}
      </Notice>
    )
  }
  if (!isUnderWay(preview)) return null
  const seconds = Math.max(0, (format.presentAt(asked_at).getTime() - new Date(preview.created_at).getTime()) / 1000)
  return (
    <Progress
      title={t('points:preview.working')}
      done={preview.members_done}
      total={preview.members_total}
      seconds={seconds}
      cancel={cancel}
    />
  )
}

export interface ApplyProps {
  opened: boolean
  close: () => void
  title: string
  /** What the button says; it names the time instead where a later one is chosen. */
  verb: string
  /** What applying does at once. */
  children: ReactNode
  /** What it does at a stated time; without it the change is for now alone. */
  later?: (at: string) => ReactNode
  /** What is to come already. */
  coming?: ReactNode
  apply: (note: string, begins: { effective_from?: string }) => Promise<unknown>
}

/** Says in numbers what applying does and when, and asks why, for those who will read the versions later. */
export function ApplyRule({ opened, close, title, verb, children, later, coming, apply }: ApplyProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [note, setNote] = useState('')
  const [chosen, setChosen] = useState<Chosen>(null)
  const { bodyOf, faultOf } = useTakesEffect()
  const begins = later ? bodyOf(chosen) : {}
  const isReady = !later || faultOf(chosen) === undefined
  const at = begins.effective_from && format.moment(begins.effective_from)
  return (
    <Confirm
      opened={opened}
      close={close}
      title={title}
      verb={at ? t('rules:apply.from', { at }) : verb}
      ready={isReady}
      act={() => apply(note.trim(), begins)}
    >
      <Stack gap="md">
        {coming}
        <div aria-live="polite">
          {at && later ? later(at) : children}
          {at && <Text mt="xs">{t('rules:apply.previewed')}</Text>}
        </div>
        {later && (
          <TakesEffectField
            field={{ name: 'effective_from', value: chosen, onChange: setChosen, error: undefined }}
          />
        )}
        <Textarea
          label={t('points:preview.note')}
          description={t('points:preview.noteHint')}
          value={note}
          maxLength={500}
          autosize
          minRows={2}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Stack>
    </Confirm>
  )
}
