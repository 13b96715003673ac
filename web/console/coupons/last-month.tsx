/** What the values on screen would have cost on last month's baskets: judged as at the till. */
import { List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { Design } from './words.ts'

/** Reasons shown: the rest is a long tail. */
const reasonsShown = 3

export function LastMonth({ design, isWhole }: { design: Design; isWhole: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  // whole or not belongs to the very design that is asked about: what settled last may still lack its amount
  const [settled] = useDebouncedValue(JSON.stringify({ design, isWhole }), typingPauseMs)
  const asked = JSON.parse(settled) as { design: Design; isWhole: boolean }
  const read = useCall(
    'POST /v1/admin/coupon-definitions/previews',
    { body: { design: asked.design } },
    { enabled: isWhole && asked.isWhole },
  )
  const found = read.data
  if (!isWhole || !found) {
    return (
      <Section title={t('prices:lastMonth')}>
        {!isWhole ? (
          <Text c="dimmed">{t('coupons:lastMonth.notYet')}</Text>
        ) : read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <TextSkeleton lines={5} />
        )}
      </Section>
    )
  }
  const { baskets, qualifying, uses, members, refusals } = found
  return (
    <Section title={t('prices:lastMonth')} hint={t('coupons:lastMonth.hint', { days: format.number(found.days) })}>
      <Stack gap="md" aria-live="polite">
        <Figure label={t('coupons:lastMonth.off')} value={format.money(found.discount_minor)} />
        <Text>
          {t('coupons:lastMonth.qualifying', {
            count: baskets,
            baskets: format.number(baskets),
            qualifying: format.number(qualifying),
          })}{' '}
          {t('coupons:lastMonth.uses', { count: uses, uses: format.number(uses), members: format.number(members) })}
        </Text>
        <Text size="sm" c="dimmed">
          {found.at_most_minor > found.discount_minor &&
            `${t('coupons:lastMonth.atMost', { amount: format.money(found.at_most_minor) })} `}
          {t('coupons:lastMonth.expected', { amount: format.money(found.expected_minor) })}
        </Text>
        {refusals.length > 0 && (
          <List size="sm" c="dimmed">
            {refusals.slice(0, reasonsShown).map(({ code, baskets: count }) => (
              <List.Item key={code}>
                {t('coupons:lastMonth.refused', {
                  count,
                  baskets: format.number(count),
                  why: textOf(`coupons:lastMonth.why.${code.replace('coupon.', '')}`, code),
                })}
              </List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Section>
  )
}
