/** May members share what they may spend, how many, and who of them spends? */
import { SimpleGrid, Stack } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { ChoiceField, NumberField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useList, type List } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { usePoolLine } from './pool-words.ts'

type Version = Row<'GET /v1/admin/point-pool-rules'>
type Rule = Version['rule']

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
  const versions = useList('GET /v1/admin/point-pool-rules')
  const above = [{ title: t('points:title'), to: '/points' }]
  const frame = { title: t('points:pools.title'), question: t('points:pools.question'), above }
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
    <Page {...frame} answer={rule ? line(rule) : t('points:pools.none')}>
      <PoolForm rule={rule ?? beginning} list={versions} />
    </Page>
  )
}

function PoolForm({ rule, list }: { rule: Rule; list: List<Version> }) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const line = usePoolLine()
  const form = useForm<Values>({
    initial: { ...rule, note: '' },
    save: async ({ is_on, members_max, spenders, note }) => {
      const changed = { is_on, members_max: members_max ?? rule.members_max, spenders: spenders ?? rule.spenders }
      await call('POST /v1/admin/point-pool-rules', { body: { rule: changed, note: note.trim() } })
      await touch('point-pool-rules')
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
            label={t('points:pools.on')}
            consequence={t('points:pools.onHint')}
          />
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
