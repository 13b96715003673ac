/** How many would have completed the offer on screen last month, and what it would have cost. */
import { Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { OfferRule } from './words.ts'

export function LastMonth({ rule }: { rule: OfferRule }) {
  const { t } = useTexts()
  const format = useFormat()
  const [settled] = useDebouncedValue(JSON.stringify(rule), typingPauseMs)
  const asked = JSON.parse(settled) as OfferRule
  const isWhole = asked.threshold !== null && asked.threshold.amount > 0
  const read = useCall('POST /v1/admin/offers/previews', { body: { rule: asked } }, { enabled: isWhole })
  const found = read.data
  if (!isWhole || !found) {
    return (
      <Section title={t('prices:lastMonth')}>
        {!isWhole ? (
          <Text c="dimmed">{t('offers:lastMonth.notYet')}</Text>
        ) : read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <TextSkeleton lines={4} />
        )}
      </Section>
    )
  }
  const { completed, members, points, cost_minor } = found
  return (
    <Section title={t('prices:lastMonth')} hint={t('offers:lastMonth.hint', { days: format.number(found.days) })}>
      <Stack gap="md" aria-live="polite">
        <Figure
          label={t('offers:lastMonth.completed')}
          value={t('offers:lastMonth.of', { completed: format.number(completed), members: format.number(members) })}
          hint={members > 0 ? t('offers:funnel.share', { share: format.percent(completed / members) }) : undefined}
        />
        <Text size="sm" c="dimmed">
          {points > 0 && Math.round(cost_minor) === 0
            ? // a few points each are worth less than the smallest coin
              t('cards:lastMonth.points', { points: format.points(points) })
            : points > 0
              ? t('offers:lastMonth.points', { points: format.points(points), amount: format.money(cost_minor) })
              : t('offers:lastMonth.cost', { amount: format.money(cost_minor) })}
        </Text>
      </Stack>
    </Section>
  )
}
