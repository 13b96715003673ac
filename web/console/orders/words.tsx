/** How orders and their buyers are called on screen. */
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import { useTexts } from '../../kit/i18n.ts'

export type OrderRow = Row<'GET /v1/admin/orders'>
export type OrderStatus = OrderRow['status']

export const statuses = [
  'placed',
  'paid',
  'shipped',
  'delivered',
  'completed',
  'cancelled',
  'refunded',
] as const satisfies readonly OrderStatus[]

const tones: Record<OrderStatus, Tone> = {
  placed: 'warn',
  paid: 'good',
  shipped: 'busy',
  delivered: 'good',
  completed: 'good',
  cancelled: 'quiet',
  refunded: 'bad',
}

/** Where an order stands; of what is no order, what it is. */
export function OrderState({ order }: { order: Pick<OrderRow, 'kind' | 'status'> }) {
  const { t } = useTexts()
  if (order.kind !== 'order') return <StateBadge tone="quiet">{t(`orders:kinds.${order.kind}`)}</StateBadge>
  return <StateBadge tone={tones[order.status]}>{t(`orders:statuses.${order.status}`)}</StateBadge>
}

/** Who bought; of a receipt without a name, that nobody knows. */
export function useBuyerName(): (order: Pick<OrderRow, 'member_kind' | 'display_name'>) => string {
  const { t } = useTexts()
  return ({ member_kind, display_name }) =>
    member_kind === 'walk_in' ? t('orders:nobody') : (display_name ?? t('members:unnamed'))
}

/** What the orders of a file bear that named no source. */
export const unnamedSource = 'file'

/** A source as its orders bear it; of a file without one, that it was a file. */
export function useSourceName(): (source: string) => string {
  const { t } = useTexts()
  return (source) => (source === unnamedSource ? t('orders:sourceFile') : source)
}
