/** Columns of the lists of coupons. */
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useSaying, useUntil, type CouponRow, type DefinitionRow } from './words.ts'

export function DefinitionState({ status }: { status: DefinitionRow['status'] }) {
  const { t } = useTexts()
  return <StateBadge tone={status === 'active' ? 'good' : 'quiet'}>{t(`coupons:statuses.${status}`)}</StateBadge>
}

const tones: Record<CouponRow['state'], Tone> = {
  available: 'good',
  held: 'busy',
  redeemed: 'quiet',
  expired: 'quiet',
  withdrawn: 'warn',
  passed_on: 'quiet',
}
export function CouponState({ state }: { state: CouponRow['state'] }) {
  const { t } = useTexts()
  return <StateBadge tone={tones[state]}>{t(`coupons:states.${state}`)}</StateBadge>
}

export function useDefinitionColumns(): Column<DefinitionRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const saying = useSaying()
  const until = useUntil()
  const count = (key: 'issued' | 'uses' | 'available', title: string, priority?: 2): Column<DefinitionRow> => ({
    key,
    title,
    align: 'right',
    ...(priority ? { priority } : {}),
    render: (row) => format.number(row[key]),
    value: (row) => row[key],
  })
  return [
    { key: 'name', title: t('coupons:name'), render: (row) => row.name, value: (row) => row.name },
    {
      key: 'benefit',
      title: t('coupons:benefit'),
      priority: 2,
      render: (row) => saying(row.design),
      value: (row) => saying(row.design),
    },
    count('issued', t('coupons:issued'), 2),
    count('uses', t('coupons:used')),
    count('available', t('coupons:left'), 2),
    {
      key: 'cost',
      title: t('coupons:cost'),
      align: 'right',
      render: (row) => format.money(row.discount_minor),
      value: (row) => row.discount_minor,
    },
    {
      key: 'until',
      title: t('coupons:until'),
      priority: 3,
      render: (row) => until(row.design),
      value: (row) => until(row.design),
    },
    {
      key: 'status',
      title: t('coupons:status'),
      render: (row) => <DefinitionState status={row.status} />,
      value: (row) => t(`coupons:statuses.${row.status}`),
    },
  ]
}

export function useCouponColumns(): Column<CouponRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    {
      key: 'member',
      title: t('coupons:member'),
      render: (row) => row.display_name ?? '–',
      value: (row) => row.display_name,
    },
    { key: 'code', title: t('coupons:code'), render: (row) => row.code ?? '–', value: (row) => row.code },
    {
      key: 'state',
      title: t('coupons:state'),
      render: (row) => <CouponState state={row.state} />,
      value: (row) => t(`coupons:states.${row.state}`),
    },
    {
      key: 'cost',
      title: t('coupons:cost'),
      align: 'right',
      priority: 2,
      render: (row) => format.money(row.discount_minor),
      value: (row) => row.discount_minor,
    },
    {
      key: 'issued_at',
      title: t('coupons:givenAt'),
      priority: 3,
      render: (row) => format.dayOf(row.issued_at),
      value: (row) => row.issued_at,
    },
    {
      key: 'expires_on',
      title: t('coupons:expires'),
      priority: 2,
      render: (row) => (row.expires_on ? format.day(row.expires_on) : t('coupons:always')),
      value: (row) => row.expires_on,
    },
  ]
}
