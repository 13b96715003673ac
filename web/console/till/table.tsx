/**
 * Columns of a store's days: one row a day, store and person; every number opens what it counts. On a tablet stay the
 * figures by which a manager leads: sales, the members' share, who joins, what is used.
 */
import type { Answer } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'

export type DayRow = Answer<'GET /v1/admin/till-days'>['data'][number]

/** Of the chances to ask: who joined, of them and of the purchases without a member. */
export function joiningRate({ joined, orders, member_orders }: DayRow): number | null {
  const chances = joined + orders - member_orders
  return chances > 0 ? joined / chances : null
}
export const memberShare = ({ sales_minor, member_sales_minor }: DayRow) =>
  sales_minor > 0 ? member_sales_minor / sales_minor : null

/** The page behind a number of a row. */
export function entriesAddress(of: string, { day, store_id, actor }: DayRow): string {
  const query = new URLSearchParams({ of, from: day, to: day })
  if (store_id) query.set('store_id', store_id)
  // a row that names nobody counts what no person did
  query.set('actor', actor ?? 'system')
  return `/till/entries?${query.toString()}`
}

export const rowKey = ({ day, store_id, actor }: DayRow) => `${day} ${store_id} ${actor}`

type Counted = 'orders' | 'joined' | 'privileges_used' | 'points_given' | 'receipts_given'

/** A column of counts, each the door to what it counts. */
function useCounted() {
  const { t } = useTexts()
  const format = useFormat()
  return (key: Counted, of: string, priority: 1 | 2 | 3): Column<DayRow> => ({
    key,
    title: t(`till:columns.${key}`),
    align: 'right',
    priority,
    value: (row) => row[key],
    render: (row) => (
      <NumberDoor value={format.number(row[key])} to={row[key] > 0 ? entriesAddress(of, row) : undefined} />
    ),
  })
}

/** Who, on which day, where. */
function useWhere(): [Column<DayRow>, Column<DayRow>, Column<DayRow>] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    {
      key: 'actor',
      title: t('till:columns.actor'),
      priority: 1,
      value: (row) => row.actor_name,
      render: (row) => row.actor_name ?? t('till:nobody'),
    },
    {
      key: 'day',
      title: t('till:columns.day'),
      priority: 1,
      value: (row) => row.day,
      render: (row) => format.day(row.day),
    },
    {
      key: 'store',
      title: t('till:columns.store'),
      priority: 1,
      value: (row) => row.store_name,
      render: (row) => row.store_name ?? nothing,
    },
  ]
}

/** What was sold, and the members' share of it. */
function useSales(): Column<DayRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    {
      key: 'sales_minor',
      title: t('till:columns.sales'),
      align: 'right',
      priority: 1,
      value: (row) => row.sales_minor,
      render: (row) => (
        <NumberDoor
          value={format.money(row.sales_minor)}
          to={row.orders > 0 ? entriesAddress('orders', row) : undefined}
        />
      ),
    },
    {
      key: 'share',
      title: t('till:columns.share'),
      align: 'right',
      priority: 1,
      value: memberShare,
      render: (row) => (
        <NumberDoor
          value={format.percent(memberShare(row))}
          to={row.member_orders > 0 ? entriesAddress('members', row) : undefined}
        />
      ),
    },
  ]
}

export function useDayColumns(): Column<DayRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const counted = useCounted()
  const [actor, day, store] = useWhere()
  return [
    actor,
    day,
    store,
    counted('orders', 'orders', 2),
    ...useSales(),
    counted('joined', 'joined', 2),
    {
      key: 'rate',
      title: t('till:columns.rate'),
      align: 'right',
      priority: 1,
      value: joiningRate,
      render: (row) => <span className="rg-figures">{format.percent(joiningRate(row))}</span>,
    },
    {
      key: 'alarms',
      title: t('till:columns.alarms'),
      align: 'right',
      priority: 2,
      value: (row) => row.alarms,
      render: (row) =>
        row.alarms > 0 ? (
          <Door className="rg-door" to="/till/alarms">
            {format.number(row.alarms)}
          </Door>
        ) : (
          '0'
        ),
    },
    counted('privileges_used', 'privileges', 1),
    counted('points_given', 'points', 2),
    counted('receipts_given', 'receipts', 2),
    {
      key: 'refunded_minor',
      title: t('till:columns.refunded'),
      align: 'right',
      priority: 2,
      value: (row) => row.refunded_minor,
      render: (row) => (
        <NumberDoor
          value={format.money(row.refunded_minor)}
          to={row.refunds > 0 ? entriesAddress('refunds', row) : undefined}
        />
      ),
    },
    {
      key: 'topped_up_minor',
      title: t('till:columns.topped_up_minor'),
      align: 'right',
      priority: 2,
      value: (row) => row.topped_up_minor,
      render: (row) => (
        <NumberDoor
          value={
            row.top_ups > 0
              ? `${format.number(row.top_ups)} · ${format.money(row.topped_up_minor)}`
              : format.money(row.topped_up_minor)
          }
          to={row.top_ups > 0 ? entriesAddress('top_ups', row) : undefined}
        />
      ),
    },
  ]
}
