/** May members share what they may spend, how many, and who of them spends? */
import { SimpleGrid } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { ChoiceField, NumberField, SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useList } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { usePoolLine } from './pool-words.ts'
import { useTakesEffect, useTakesEffectCheck, type Chosen } from '../takes-effect.tsx'
import { SmallRuleForm, SmallRulePage } from './small-rule.tsx'

type Rule = Row<'GET /v1/admin/point-pool-rules'>['rule']

interface Values {
  is_on: boolean
  members_max: number | null
  spenders: Rule['spenders'] | null
  note: string
  effective_from: Chosen
}

/** Where nobody has made a rule: switched on, a household with grandparents, for everyone in it. */
const beginning: Rule = { is_on: true, members_max: 6, spenders: 'everyone' }
/** The server's own bounds. */
const bounds = { min: 2, max: 20 }

export default function PoolsPage() {
  const { t } = useTexts()
  const line = usePoolLine()
  const list = useList('GET /v1/admin/point-pool-rules')
  return (
    <SmallRulePage
      {...{ list, line, callOff }}
      title={t('points:pools.title')}
      question={t('points:pools.question')}
      none={t('points:pools.none')}
    >
      {(rule, isAwaited) => <PoolForm rule={rule ?? beginning} isFirst={!rule} isAwaited={isAwaited} />}
    </SmallRulePage>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/point-pool-rules/:version/call-off', { params: { version } })
  await touch('point-pool-rules')
}

interface FormProps {
  rule: Rule
  isFirst: boolean
  isAwaited: () => void
}

function PoolForm({ rule, isFirst, isAwaited }: FormProps) {
  const { t } = useTexts()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective_from')
  const form = useForm<Values>({
    initial: { ...rule, note: '', effective_from: null },
    check: ({ effective_from }) => checkTime(effective_from),
    save: async ({ is_on, members_max, spenders, note, effective_from }) => {
      const begins = bodyOf(effective_from)
      const changed = { is_on, members_max: members_max ?? rule.members_max, spenders: spenders ?? rule.spenders }
      await call('POST /v1/admin/point-pool-rules', { body: { rule: changed, note: note.trim(), ...begins } })
      await touch('point-pool-rules')
      if (begins.effective_from) isAwaited()
    },
  })
  return (
    <SmallRuleForm form={form} note={form.field('note')} begins={form.field('effective_from')} isFirst={isFirst}>
      <SwitchField field={form.field('is_on')} label={t('points:pools.on')} consequence={t('points:pools.onHint')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <NumberField
          field={form.field('members_max')}
          label={t('points:pools.members')}
          consequence={t('points:pools.membersHint')}
          {...bounds}
        />
        <ChoiceField
          field={form.field('spenders')}
          label={t('points:pools.spenders')}
          choices={(['everyone', 'head'] as const).map((value) => ({ value, label: t(`points:pools.${value}`) }))}
        />
      </SimpleGrid>
    </SmallRuleForm>
  )
}
