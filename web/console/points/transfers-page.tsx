/** May members give points to each other, how many, and what does the program keep? */
import { SimpleGrid, Stack } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { PercentField, PointsField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useList, type List } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { useTransferLine } from './transfer-words.ts'

type Version = Row<'GET /v1/admin/point-transfer-rules'>
type Rule = Version['rule']

interface Values {
  is_on: boolean
  minimum_points: number | null
  fee: number | null
  day: number | null
  month: number | null
  note: string
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
  const versions = useList('GET /v1/admin/point-transfer-rules')
  const above = [{ title: t('points:title'), to: '/points' }]
  const frame = { title: t('points:transfers.title'), question: t('points:transfers.question'), above }
  if (!versions.rows) {
    const { read } = versions
    return (
      <Page {...frame}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
      </Page>
    )
  }
  const rule = versions.rows.find((version) => version.in_force)?.rule
  return (
    <Page {...frame} answer={rule ? line(rule) : t('points:transfers.none')}>
      <TransferForm rule={rule ?? beginning} list={versions} />
    </Page>
  )
}

function TransferForm({ rule, list }: { rule: Rule; list: List<Version> }) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const line = useTransferLine()
  const form = useForm<Values>({
    initial: valuesOf(rule),
    save: async (values) => {
      await call('POST /v1/admin/point-transfer-rules', { body: { rule: ruleOf(values), note: values.note.trim() } })
      await touch('point-transfer-rules')
    },
  })
  const allowed = may('rules:write')
  return (
    <Stack gap="lg">
      <Section>
        <FormFrame
          form={form}
          verb={t('prices:verb')}
          always={list.rows?.length === 0}
          locked={!allowed}
          cancel={() => go('/points')}
        >
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
          <TextField field={form.field('note')} label={t('prices:note')} maxLength={500} />
          {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
        </FormFrame>
      </Section>
      <Section title={t('points:versions.title')} hint={t('protection:versionsHint')} bare>
        <RuleVersions list={list} line={(row) => line(row.rule)} />
      </Section>
    </Stack>
  )
}
