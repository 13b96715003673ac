/** May members share what they may spend, how many, and who of them spends? */
import { SimpleGrid } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { ChoiceField, NumberField, SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useList } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { usePoolLine } from './pool-words.ts'
import { SmallRuleForm, SmallRulePage } from './small-rule.tsx'

type Rule = Row<'GET /v1/admin/point-pool-rules'>['rule']

interface Values {
  is_on: boolean
  members_max: number | null
  spenders: Rule['spenders'] | null
  note: string
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
      {...{ list, line }}
      title={t('points:pools.title')}
      question={t('points:pools.question')}
      none={t('points:pools.none')}
    >
      {(rule) => <PoolForm rule={rule ?? beginning} isFirst={!rule} />}
    </SmallRulePage>
  )
}

function PoolForm({ rule, isFirst }: { rule: Rule; isFirst: boolean }) {
  const { t } = useTexts()
  const form = useForm<Values>({
    initial: { ...rule, note: '' },
    save: async ({ is_on, members_max, spenders, note }) => {
      const changed = { is_on, members_max: members_max ?? rule.members_max, spenders: spenders ?? rule.spenders }
      await call('POST /v1/admin/point-pool-rules', { body: { rule: changed, note: note.trim() } })
      await touch('point-pool-rules')
    },
  })
  return (
    <SmallRuleForm form={form} note={form.field('note')} isFirst={isFirst}>
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
