/**
 * Change how points are earned: a preset or one's own values, seen at once on an order of one's own,
 * then tried on last month.
 */
import { Grid, Stack } from '@mantine/core'
import { useRef } from 'react'
import { useAddress } from '../../kit/address.ts'
import { call } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall, type Read } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import { extrasOf, missingBonuses, type ExtraValues } from './bonus-values.ts'
import { Example } from './example.tsx'
import { Presets } from './presets.tsx'
import { RuleFields } from './rule-fields.tsx'
import { pointValueOf, ruleOf, valuesOf, type RuleValues } from './rule-values.ts'

export default function PointRulePage() {
  const { t } = useTexts()
  const format = useFormat()
  const [address] = useAddress()
  const unit = 10 ** format.currency_decimals
  const versions = useCall('GET /v1/admin/point-rules')
  const tiers = useCall('GET /v1/admin/tiers')
  const presets = useCall('GET /v1/admin/points/presets')
  const program = useCall('GET /v1/admin/program')
  const proposed = useProposed(address['from'])
  const failed = [versions, tiers, presets, program].find((read) => read.isError && !read.data)
  const above = [{ title: t('points:title'), to: '/points' }]
  const frame = { title: t('points:change'), question: t('points:form.question'), above }
  const isReady =
    versions.data && tiers.data && presets.data && program.data && !(address['from'] && proposed.isPending)
  if (!isReady) {
    return (
      <Page {...frame}>
        {failed ? <Failed error={failed.error} retry={() => void failed.refetch()} /> : <TextSkeleton lines={10} />}
      </Page>
    )
  }
  const codes = tiers.data!.data.map(({ code }) => code)
  const rule =
    proposed.data?.rule ??
    versions.data!.data.find((version) => version.in_force)?.rule ??
    presets.data!.data[0]!.rule
  const initial = valuesOf(rule, { point_value_minor: program.data!.settings.point_value_minor, unit }, codes)
  return (
    <Page {...frame}>
      <RuleForm initial={initial} value_minor={program.data!.settings.point_value_minor} />
    </Page>
  )
}

/** The rule of an earlier preview, to go on from it. */
function useProposed(preview_id: string | undefined): Read<{ rule: Parameters<typeof valuesOf>[0] }> {
  return useCall(
    'GET /v1/admin/point-rules/previews/:preview_id',
    { params: { preview_id: preview_id ?? '' } },
    { enabled: Boolean(preview_id) },
  )
}

function RuleForm({ initial, value_minor }: { initial: RuleValues; value_minor: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const may = useMay()
  const unit = 10 ** format.currency_decimals
  const found = useRef('/points')
  const form = useForm<RuleValues>({
    initial,
    check: (values) => missingIn(values, t('points:form.needed')),
    save: async (values) => {
      const preview = await call('POST /v1/admin/point-rules/previews', { body: { rule: ruleOf(values) } })
      const worth = pointValueOf(values, unit)
      // what a point is worth is no part of the rule: it is carried along and kept when the rule is applied
      const changed = values.points_per_unit !== initial.points_per_unit && Math.abs(worth - value_minor) > 1e-9
      found.current = `/points/previews/${preview.preview_id}${changed ? `?worth=${worth}` : ''}`
    },
    saved: () => go(found.current),
  })
  const rule = ruleOf(form.values)
  const worth = pointValueOf(form.values, unit)
  const allowed = may('rules:write')
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="lg">
          <Section title={t('points:presets.title')} hint={t('points:presets.hint')}>
            <Presets
              rule={rule}
              point_value_minor={worth}
              choose={(preset) =>
                form.set({
                  ...valuesOf(
                    preset.rule,
                    { point_value_minor: preset.point_value_minor, unit },
                    Object.keys(form.values.tiers),
                  ),
                  // bonuses, caps and what earns nothing are one's own, whichever habit one begins with
                  ...kept(form.values),
                })
              }
            />
          </Section>
          <Section>
            <FormFrame form={form} verb={t('points:form.verb')} always locked={!allowed} cancel={() => go('/points')}>
              <RuleFields form={form} return_share={returnShare(rule, worth)} />
              {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
            </FormFrame>
          </Section>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Example rule={rule} point_value_minor={worth} />
      </Grid.Col>
    </Grid>
  )
}

function kept(values: RuleValues): ExtraValues {
  return extrasOf(ruleOf(values).earn)
}

/** What a rule cannot do without, each said at its own field. */
function missingIn(values: RuleValues, text: string): Record<string, string> {
  const needed = ['points', 'per_minor', 'points_per_unit'] as const
  return {
    ...Object.fromEntries(needed.filter((key) => !values[key]).map((key) => [`/${key}`, text])),
    ...missingBonuses(values.bonuses, text),
  }
}

function returnShare(rule: ReturnType<typeof ruleOf>, worth: number): number {
  return rule.earn.per_minor > 0 ? (rule.earn.points * worth) / rule.earn.per_minor : 0
}
