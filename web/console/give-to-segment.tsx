/** Giving a coupon or an offer to everybody in a segment: a job, with how far it has come. */
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { touch } from '../kit/call.ts'
import { Door } from '../kit/door.tsx'
import { ChoiceField } from '../kit/fields.tsx'
import { FormFrame } from '../kit/form.tsx'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { Notice, Progress } from '../kit/states.tsx'
import { useCall } from '../kit/use-call.ts'
import { useForm } from '../kit/use-form.ts'

/** How often a run under way is looked at. */
const pollMs = 1_000

/** What a kind of gift needs beyond the words: how a run begins, where it is looked at, and what it changes. */
export interface Giving {
  title: string
  running: string
  start: (segment_id: string) => Promise<{ run_id: string }>
  route: 'GET /v1/admin/coupon-runs/:run_id' | 'GET /v1/admin/offer-runs/:run_id'
  touches: readonly string[]
}

export function GiveDialog(props: { giving: Giving; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const [run_id, setRun] = useState<string | null>(null)
  const { opened, close, giving } = props
  return (
    <Modal opened={opened} onClose={close} title={giving.title} closeButtonProps={{ 'aria-label': t('kit:close') }}>
      {run_id ? (
        <Run run_id={run_id} giving={giving} />
      ) : (
        opened && <GiveForm giving={giving} begun={setRun} close={close} />
      )}
    </Modal>
  )
}

function GiveForm(props: { giving: Giving; begun: (run_id: string) => void; close: () => void }) {
  const { t } = useTexts()
  const { giving, begun, close } = props
  const segments = useCall('GET /v1/admin/segments').data?.data
  const form = useForm<{ segment_id: string | null }>({
    initial: { segment_id: null },
    check: ({ segment_id }): Record<string, string> =>
      segment_id ? {} : { '/segment_id': t('errors:schema.required') },
    save: async ({ segment_id }) => {
      const { run_id } = await giving.start(segment_id!)
      await touch(...giving.touches)
      begun(run_id)
    },
    saved: () => undefined,
  })
  if (segments?.length === 0) {
    return (
      <Stack gap="sm" align="flex-start">
        <Text>{t('coupons:issueNone')}</Text>
        <Button component={Door} to="/segments/new" variant="default">
          {t('segments:add')}
        </Button>
      </Stack>
    )
  }
  return (
    <FormFrame form={form} verb={t('coupons:issueVerb')} cancel={close}>
      <ChoiceField
        field={form.field('segment_id')}
        label={t('coupons:issueTo')}
        consequence={t('coupons:issueHint')}
        choices={(segments ?? []).map(({ segment_id, name }) => ({ value: segment_id, label: name }))}
        required
      />
    </FormFrame>
  )
}

function Run({ run_id, giving }: { run_id: string; giving: Giving }) {
  const { t } = useTexts()
  const format = useFormat()
  const [moving, setMoving] = useState(true)
  const run = useCall(giving.route, { params: { run_id } }, { every_ms: moving && pollMs, fresh_ms: 0 }).data
  const isOver = run?.status === 'done' || run?.status === 'failed'
  if (isOver && moving) {
    setMoving(false)
    void touch(...giving.touches)
  }
  const said = t('coupons:ran', {
    issued: format.number(run?.given ?? 0),
    refused: format.number(run?.refused ?? 0),
  })
  if (isOver) return <Notice kind="good">{said}</Notice>
  return (
    <Progress
      title={giving.running}
      done={(run?.given ?? 0) + (run?.refused ?? 0)}
      total={run?.members_total ?? null}
    />
  )
}
