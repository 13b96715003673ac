/** What points pay at the till: the rule in force, its values to change, and every version there was. */
import { Divider, SimpleGrid, Stack } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { MoneyField, PercentField, PointsField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList, type List } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { CategoryPicker } from '../products/pickers.tsx'
import { ComingVersions } from '../coming-versions.tsx'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { SpendPreview, type Seen } from './spending-preview.tsx'
import { returnOf } from './rule-values.ts'
import { ruleOf, valuesOf, worthOf, type SpendRule, type SpendValues, type SpendVersion } from './spending-values.ts'
import { useSpendLine } from './spending-words.ts'

export default function SpendingPage() {
  const { t } = useTexts()
  const versions = useList('GET /v1/admin/point-spend-rules')
  const presets = useCall('GET /v1/admin/points/presets')
  // a rule applied for later leaves the one in force in the form
  const [awaited, setAwaited] = useState(0)
  const above = [{ title: t('points:title'), to: '/points' }]
  const frame = { title: t('points:spending.title'), question: t('points:spending.question'), above }
  const failed = [versions.read, presets].find((read) => read.isError && !read.data)
  const rule = versions.rows?.find((version) => version.in_force)?.rule ?? presets.data?.data[0]?.spend_rule
  if (!versions.rows || !rule) {
    return (
      <Page {...frame}>
        {failed ? <Failed error={failed.error} retry={() => void failed.refetch()} /> : <TextSkeleton lines={8} />}
      </Page>
    )
  }
  return (
    <Page {...frame}>
      <SpendForm key={awaited} rule={rule} list={versions} isAwaited={() => setAwaited(awaited + 1)} />
    </Page>
  )
}

interface FormProps {
  rule: SpendRule
  list: List<SpendVersion>
  isAwaited: () => void
}

function SpendForm({ rule, list, isAwaited }: FormProps) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const line = useSpendLine()
  const form = useForm<SpendValues>({
    initial: valuesOf(rule),
    check: (values) => missingIn(values, t('points:form.needed')),
    save: async (values) => {
      const proposed = ruleOf(values)
      const found = await call('POST /v1/admin/point-spend-rules/preview', { body: { rule: proposed } })
      setSeen({ rule: proposed, found })
    },
    saved: () => undefined,
  })
  const [seen, setSeen] = useState<Seen | null>(null)
  const isStill = seen !== null && JSON.stringify(seen.rule) === JSON.stringify(ruleOf(form.values))
  const allowed = may('rules:write')
  const coming = <ComingVersions rows={list.rows} line={(row) => line(row.rule)} />
  return (
    <Stack gap="lg">
      <Section>
        <FormFrame form={form} verb={t('points:spending.look')} always locked={!allowed} cancel={() => go('/points')}>
          <SpendFields form={form} />
          {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
        </FormFrame>
      </Section>
      {coming}
      {isStill && allowed && <SpendPreview {...seen} coming={coming} isAwaited={isAwaited} />}
      <Section title={t('points:versions.title')} hint={t('points:spending.versionsHint')} bare>
        <RuleVersions list={list} line={(row) => line(row.rule)} callOff={callOff} />
      </Section>
    </Stack>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/point-spend-rules/:version/call-off', { params: { version } })
  await touch('point-spend-rules')
}

function SpendFields({ form }: { form: Form<SpendValues> }) {
  const { t } = useTexts()
  const format = useFormat()
  const earn = useCall('GET /v1/admin/point-rules').data?.data.find((version) => version.in_force)
  const felt = earn ? returnOf(earn.rule, worthOf(ruleOf(form.values))) : null
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <PointsField field={form.field('points')} label={t('points:spending.points')} min={1} />
        <MoneyField
          field={form.field('worth_minor')}
          label={t('points:spending.are')}
          {...(felt === null ? {} : { consequence: t('points:spending.felt', { share: format.percent(felt, 2) }) })}
        />
        <PointsField
          field={form.field('step')}
          label={t('points:spending.step')}
          consequence={t('points:spending.stepHint')}
          min={1}
        />
        <PointsField field={form.field('minimum_points')} label={t('points:spending.minimum')} />
      </SimpleGrid>
      <PercentField
        field={form.field('share_max')}
        label={t('points:spending.share')}
        consequence={t('points:spending.shareHint')}
        max={1}
        decimals={0}
      />
      <Divider />
      <SwitchField field={form.field('pays_goods')} label={t('points:spending.goods')} />
      <SwitchField field={form.field('pays_shipping')} label={t('points:spending.shipping')} />
      <CategoryPicker
        name="excluded_categories"
        label={t('points:spending.excluded')}
        hint={t('points:spending.excludedHint')}
        value={form.values.excluded_categories}
        onChange={(value) => form.set({ excluded_categories: value })}
      />
    </>
  )
}

/** What a rule cannot do without, each said at its own field. */
function missingIn(values: SpendValues, text: string): Record<string, string> {
  const needed = ['points', 'worth_minor', 'step', 'share_max'] as const
  return Object.fromEntries(needed.filter((key) => !values[key]).map((key) => [`/${key}`, text]))
}
