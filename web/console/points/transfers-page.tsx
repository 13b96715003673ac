/** May members give points to each other, how many, and what does the program keep? */
import { SimpleGrid } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { PercentField, PointsField, SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useList } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useTakesEffect, useTakesEffectCheck, type Chosen } from '../takes-effect.tsx'
import { SmallRuleForm, SmallRulePage } from './small-rule.tsx'
import { useTransferLine } from './transfer-words.ts'

type Rule = Row<'GET /v1/admin/point-transfer-rules'>['rule']

interface Values {
  is_on: boolean
  minimum_points: number | null
  fee: number | null
  day: number | null
  month: number | null
  note: string
  effective_from: Chosen
}

/** Basis points of one. */
const whole_bp = 10_000
/** The server takes less than all. */
const fee_max = 0.99
/** Where nobody has made a rule: switched on, any number, nothing kept. */
const beginning: Rule = { is_on: true, minimum_points: 1, fee_bp: 0, limits: {} }

function valuesOf({ is_on, minimum_points, fee_bp, limits }: Rule): Values {
  return {
    is_on,
    minimum_points,
    fee: fee_bp / whole_bp,
    day: limits.day ?? null,
    month: limits.month ?? null,
    note: '',
    effective_from: null,
  }
}

function ruleOf({ is_on, minimum_points, fee, day, month }: Values): Rule {
  return {
    is_on,
    minimum_points: minimum_points ?? 1,
    fee_bp: Math.round((fee ?? 0) * whole_bp),
    limits: { ...(day && { day }), ...(month && { month }) },
  }
}

export default function TransfersPage() {
  const { t } = useTexts()
  const line = useTransferLine()
  const list = useList('GET /v1/admin/point-transfer-rules')
  return (
    <SmallRulePage
      {...{ list, line, callOff }}
      title={t('points:transfers.title')}
      question={t('points:transfers.question')}
      none={t('points:transfers.none')}
    >
      {(rule, isAwaited) => <TransferForm rule={rule ?? beginning} isFirst={!rule} isAwaited={isAwaited} />}
    </SmallRulePage>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/point-transfer-rules/:version/call-off', { params: { version } })
  await touch('point-transfer-rules')
}

interface FormProps {
  rule: Rule
  isFirst: boolean
  isAwaited: () => void
}

function TransferForm({ rule, isFirst, isAwaited }: FormProps) {
  const { t } = useTexts()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective_from')
  const form = useForm<Values>({
    initial: valuesOf(rule),
    check: ({ effective_from }) => checkTime(effective_from),
    save: async (values) => {
      const begins = bodyOf(values.effective_from)
      const body = { rule: ruleOf(values), note: values.note.trim(), ...begins }
      await call('POST /v1/admin/point-transfer-rules', { body })
      await touch('point-transfer-rules')
      if (begins.effective_from) isAwaited()
    },
  })
  return (
    <SmallRuleForm form={form} note={form.field('note')} begins={form.field('effective_from')} isFirst={isFirst}>
      <SwitchField
        field={form.field('is_on')}
        label={t('points:transfers.on')}
        consequence={t('points:transfers.onHint')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <PointsField field={form.field('minimum_points')} label={t('points:transfers.minimum')} min={1} />
        <PercentField
          field={form.field('fee')}
          label={t('points:transfers.fee')}
          consequence={t('points:transfers.feeHint')}
          max={fee_max}
          decimals={2}
        />
        <PointsField
          field={form.field('day')}
          label={t('points:transfers.day')}
          consequence={t('protection:limitHint')}
          min={1}
        />
        <PointsField
          field={form.field('month')}
          label={t('points:transfers.month')}
          consequence={t('protection:limitHint')}
          min={1}
        />
      </SimpleGrid>
    </SmallRuleForm>
  )
}
