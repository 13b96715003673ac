/** Rules to begin with, of both schools, each with the return that members feel. */
import { SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { BlockSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import classes from './points.module.css'
import type { PointRule, Preset } from './rule-values.ts'

interface PresetsProps {
  /** What the form holds now: the card that says the same is marked. */
  rule: PointRule
  point_value_minor: number
  choose: (preset: Preset) => void
}

/** Two worths closer than this are the same: the form keeps four decimals of points a unit. */
const worthTolerance = 0.001

export function Presets({ rule, point_value_minor, choose }: PresetsProps) {
  const { t } = useTexts()
  const format = useFormat()
  const presets = useCall('GET /v1/admin/points/presets').data?.data
  if (!presets) return <BlockSkeleton height={120} />
  const isChosen = (preset: Preset) =>
    preset.rule.earn.points === rule.earn.points &&
    preset.rule.earn.per_minor === rule.earn.per_minor &&
    Math.abs(preset.point_value_minor - point_value_minor) <= worthTolerance * preset.point_value_minor
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      {presets.map((preset) => {
        const { earn } = preset.rule
        const rate = t('points:presets.rate', {
          points: t('whys:unit', { count: earn.points, points: format.points(earn.points) }),
          amount: format.money(earn.per_minor),
        })
        const per_unit = Math.round(10 ** format.currency_decimals / preset.point_value_minor)
        return (
          <UnstyledButton
            key={preset.code}
            className={classes.preset}
            aria-pressed={isChosen(preset)}
            onClick={() => choose(preset)}
          >
            <Text fw={620} size="sm">
              {textOf(`points:presets.names.${preset.code}`, preset.code)}
            </Text>
            <Text fz={20} fw={620} className="rg-figures">
              {format.percent(preset.return_percent / 100, 2)}
            </Text>
            <Text size="xs" c="dimmed">
              {t('points:presets.felt')}
            </Text>
            <Text size="sm" mt={6}>
              {rate}
            </Text>
            <Text size="sm">
              {t('points:presets.worth', {
                points: t('whys:unit', { count: per_unit, points: format.points(per_unit) }),
                amount: format.money(10 ** format.currency_decimals),
              })}
            </Text>
          </UnstyledButton>
        )
      })}
    </SimpleGrid>
  )
}
