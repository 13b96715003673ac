/** How often a member comes, when the next visit is expected, where and what they buy. */
import { Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Day } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import type { Profile } from './detail-page.tsx'
import classes from './members.module.css'

/** Stores and categories named: the ones that make a habit. */
const favouritesShown = 3

export function RhythmPart({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const format = useFormat()
  const { statistics } = profile
  if (!statistics || statistics.order_count === 0) return null
  const { usual_interval_days: usual, rhythm_days: borrowed } = statistics
  const days = (value: number) =>
    t('members:rhythm.days', { count: Math.round(value), days: format.number(Math.round(value)) })
  const times = (count: number) => t('members:rhythm.times', { count, times: format.number(count) })
  const stores = profile.stores
    .slice(0, favouritesShown)
    .map(({ name, order_count }) => `${name} (${times(order_count)})`)
  const categories = profile.categories
    .slice(0, favouritesShown)
    .map(({ category, order_count }) => `${category} (${times(order_count)})`)
  return (
    <Section title={t('members:rhythm.title')}>
      <dl className={classes.pairs}>
        {usual !== null && (
          <>
            <dt>{t('members:rhythm.usual')}</dt>
            <dd>{days(usual)}</dd>
          </>
        )}
        <dt>{t('members:rhythm.expected')}</dt>
        <dd>
          <Day on={statistics.next_expected_on} />
        </dd>
        <dt>{t('members:rhythm.last')}</dt>
        <dd>
          <Day on={statistics.last_order_on} />
        </dd>
        <dt>{t('members:rhythm.first')}</dt>
        <dd>
          <Day on={statistics.first_order_on} />
        </dd>
        <dt>{t('members:rhythm.since')}</dt>
        <dd>
          <Day on={statistics.state_since} />
        </dd>
        <dt>{t('members:rhythm.basket')}</dt>
        <dd>{format.money(Math.round(statistics.net_minor / Math.max(1, statistics.order_count)))}</dd>
        {stores.length > 0 && (
          <>
            <dt>{t('members:rhythm.stores')}</dt>
            <dd>{format.list(stores)}</dd>
          </>
        )}
        {categories.length > 0 && (
          <>
            <dt>{t('members:rhythm.categories')}</dt>
            <dd>{format.list(categories)}</dd>
          </>
        )}
      </dl>
      {usual === null && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('members:rhythm.unknown')}
          {borrowed !== null && ` ${t('members:rhythm.borrowed', { days: format.number(Math.round(borrowed)) })}`}
        </Text>
      )}
    </Section>
  )
}
