/** The columns of the catalogue, and the words its rows share with other pages. */
import { Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'

export type Item = Row<'GET /v1/admin/gift-items'>
export type Gift = Row<'GET /v1/admin/gifts'>

/** 100 points + NT$50. */
export function usePrice(): (price: { points: number | null; minor: number | null }) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ points, minor }) =>
    [
      points ? t('gifts:points', { count: points, points: format.points(points) }) : '',
      minor ? format.money(minor) : '',
    ]
      .filter(Boolean)
      .join(' + ')
}

/** What a gift hands over, as people call it. */
export function useGiftName(): (gift: Gift) => string {
  const { t, language } = useTexts()
  const format = useFormat()
  return ({ reward, item_names }) => {
    if (reward.kind === 'points')
      return t('gifts:points', { count: reward.points, points: format.points(reward.points) })
    if (reward.kind === 'item') return nameIn(item_names, language, '')
    if (reward.kind === 'plan_days') return t('gifts:planDays')
    return t(reward.kind === 'coupon' ? 'gifts:aCoupon' : 'gifts:aPrivilege')
  }
}

/** Why something was given: words of the product in the reader's language, others as they were written. */
export function reasonOf(reason: string): string {
  return textOf(`whys:reasons.${reason}`, reason)
}

const tones: Record<Gift['status'], Tone> = { open: 'warn', done: 'good', cancelled: 'quiet', passed_on: 'quiet' }
export function GiftState({ gift }: { gift: Pick<Gift, 'status' | 'taken_back' | 'reward'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const { status, taken_back } = gift
  if (!taken_back) return <StateBadge tone={tones[status]}>{t(`gifts:states.${status}`)}</StateBadge>
  const count = taken_back.points
  return (
    <>
      <StateBadge tone="quiet">{t('gifts:takenBack')}</StateBadge>
      <Text span size="xs" c="dimmed" display="block">
        {count === undefined
          ? t('gifts:takenBackWhole')
          : t('gifts:takenBackPoints', { count, points: format.points(count) })}
      </Text>
    </>
  )
}

export function useItemColumns(): Column<Item>[] {
  const { t, language } = useTexts()
  const format = useFormat()
  const price = usePrice()
  const nameOf = (row: Item) => nameIn(row.names, language, '')
  const priceOf = (row: Item) =>
    price({ points: row.price_points, minor: row.price_minor }) || t('gifts:notForPoints')
  return [
    {
      key: 'name',
      title: t('gifts:name'),
      render: (row) => (row.is_listed ? nameOf(row) : `${nameOf(row)} · ${t('gifts:hidden')}`),
      value: nameOf,
    },
    { key: 'price', title: t('gifts:price'), render: priceOf, value: priceOf },
    {
      key: 'left',
      title: t('gifts:left'),
      align: 'right',
      render: (row) => (row.left === null ? t('gifts:unlimited') : format.number(row.left)),
      value: (row) => row.left,
    },
    {
      key: 'given',
      title: t('gifts:given'),
      align: 'right',
      priority: 2,
      render: (row) => <NumberDoor value={format.number(row.given)} to={`/gifts/given?item_id=${row.item_id}`} />,
      value: (row) => row.given,
    },
    {
      key: 'fulfilment',
      title: t('gifts:fulfilment'),
      priority: 3,
      render: (row) => t(`gifts:fulfilments.${row.fulfilment}`),
      value: (row) => row.fulfilment,
    },
    {
      key: 'cost',
      title: t('gifts:cost'),
      align: 'right',
      priority: 3,
      render: (row) => format.money(row.cost_minor),
      value: (row) => row.cost_minor,
    },
  ]
}
