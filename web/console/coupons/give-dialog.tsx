/** Giving a coupon to everybody in a segment: a job, with how far it has come. */
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { ChoiceField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Notice, Progress } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'

/** How often a run under way is looked at. */
const pollMs = 1_000

export function GiveDialog(props: { coupon_definition_id: string; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const [run_id, setRun] = useState<string | null>(null)
  const { opened, close, coupon_definition_id } = props
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('coupons:issue')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {run_id ? (
        <Run run_id={run_id} />
      ) : (
        opened && <GiveForm coupon_definition_id={coupon_definition_id} begun={setRun} close={close} />
      )}
    </Modal>
  )
}

function GiveForm(props: { coupon_definition_id: string; begun: (run_id: string) => void; close: () => void }) {
  const { t } = useTexts()
  const { coupon_definition_id, begun, close } = props
  const segments = useCall('GET /v1/admin/segments').data?.data
  const form = useForm<{ segment_id: string | null }>({
    initial: { segment_id: null },
    check: ({ segment_id }): Record<string, string> =>
      segment_id ? {} : { '/segment_id': t('errors:schema.required') },
    save: async ({ segment_id }) => {
      const run = await call('POST /v1/admin/coupons', { body: { coupon_definition_id, segment_id: segment_id! } })
      await touch('coupons', 'coupon-definitions')
      begun(run.run_id)
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

function Run({ run_id }: { run_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const [moving, setMoving] = useState(true)
  const run = useCall(
    'GET /v1/admin/coupon-runs/:run_id',
    { params: { run_id } },
    { every_ms: moving && pollMs, fresh_ms: 0 },
  ).data
  const isOver = run?.status === 'done' || run?.status === 'failed'
  if (isOver && moving) {
    setMoving(false)
    void touch('coupons', 'coupon-definitions')
  }
  const said = t('coupons:ran', {
    issued: format.number(run?.issued ?? 0),
    refused: format.number(run?.refused ?? 0),
  })
  if (isOver) return <Notice kind="good">{said}</Notice>
  return (
    <Progress
      title={t('coupons:running')}
      done={(run?.issued ?? 0) + (run?.refused ?? 0)}
      total={run?.members_total ?? null}
    />
  )
}
