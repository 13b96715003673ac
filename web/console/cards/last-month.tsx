/** What the stamp card on screen would have stamped and given last month. */
import { Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useRewardName } from '../reward-fields.tsx'
import type { StampRule } from './words.ts'

export function LastMonth({ rule }: { rule: StampRule }) {
  const { t } = useTexts()
  const format = useFormat()
  const rewardName = useRewardName()
  const items = useCall('GET /v1/admin/gift-items').data?.data
  const [settled] = useDebouncedValue(JSON.stringify(rule), typingPauseMs)
  const read = useCall('POST /v1/admin/cards/previews', { body: { rule: JSON.parse(settled) as StampRule } })
  const found = read.data
  if (!found) {
    return (
      <Section title={t('prices:lastMonth')}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={4} />}
      </Section>
    )
  }
  const { reward } = rule
  const cost = reward.kind === 'item' ? items?.find((one) => one.item_id === reward.item_id)?.cost_minor : undefined
  const sums = [
    reward.kind === 'none' ? '' : t('cards:lastMonth.gives', { reward: rewardName(reward) }),
    found.points > 0 ? t('cards:lastMonth.points', { points: format.points(found.points) }) : '',
    cost === undefined ? '' : t('cards:lastMonth.cost', { amount: format.money(cost * found.filled) }),
  ]
  return (
    <Section title={t('prices:lastMonth')} hint={t('cards:lastMonth.hint', { days: format.number(found.days) })}>
      <Stack gap="md" aria-live="polite">
        <Figure
          label={t('cards:lastMonth.stamped')}
          value={t('cards:lastMonth.of', {
            stamped: format.number(found.stamped),
            orders: format.number(found.orders),
          })}
          hint={t('cards:stamps', { count: found.stamps, stamps: format.number(found.stamps) })}
        />
        <Figure
          label={t('cards:lastMonth.filled')}
          value={format.number(found.filled)}
          hint={t('cards:lastMonth.filledBy', { count: found.members_filled })}
        />
        <Text size="sm" c="dimmed">
          {sums.filter(Boolean).join(' ')}
        </Text>
      </Stack>
    </Section>
  )
}
