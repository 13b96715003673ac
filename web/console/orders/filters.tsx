/** Filters of the list of orders. They live in the address, so that doors, links and Back keep them. */
import { Select } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useEffect, useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import type { Chosen } from '../../kit/chips.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { statuses, useSourceName } from './words.tsx'

type Query = NonNullable<Input<'GET /v1/admin/orders/totals'>['query']>

const dayForm = /^\d{4}-\d{2}-\d{2}$/

/** The filters and the search of an address; what is none of ours is left out. */
export function filtersOf(address: Record<string, string>): Query {
  const { search, store_id, source, member_id, buyer, counted, from, to } = address
  const status = statuses.find((one) => one === address['status'])
  return {
    ...(search ? { search } : {}),
    ...(status ? { status } : {}),
    ...(store_id ? { store_id } : {}),
    ...(source ? { source } : {}),
    ...(member_id ? { member_id } : {}),
    ...(buyer === 'member' || buyer === 'guest' ? { buyer } : {}),
    ...(counted === 'true' || counted === 'false' ? { counted: counted === 'true' } : {}),
    ...(from && dayForm.test(from) ? { from } : {}),
    ...(to && dayForm.test(to) ? { to } : {}),
  }
}

export function Filters() {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const stores = useStores()
  const sources = useCall('GET /v1/admin/orders/sources').data?.data ?? []
  const sourceName = useSourceName()
  const field = (key: string, label: string, data: { value: string; label: string }[]) => (
    <Select
      key={key}
      size="xs"
      w={132}
      clearable
      aria-label={label}
      placeholder={label}
      data={data}
      value={address[key] ?? null}
      onChange={(value) => setAddress({ [key]: value })}
      searchable={data.length > 8}
    />
  )
  return (
    <>
      <Days />
      {field(
        'status',
        t('orders:anyStatus'),
        statuses.map((value) => ({ value, label: t(`orders:statuses.${value}`) })),
      )}
      {stores.length > 1 &&
        field('store_id', t('orders:anyStore'), [
          ...stores.map(({ store_id, name }) => ({ value: store_id, label: name })),
          { value: 'none', label: t('orders:noStore') },
        ])}
      {sources.length > 1 &&
        field(
          'source',
          t('orders:anySource'),
          sources.map((value) => ({ value, label: sourceName(value) })),
        )}
      {field(
        'buyer',
        t('orders:anyBuyer'),
        (['member', 'guest'] as const).map((value) => ({ value, label: t(`orders:buyers.${value}`) })),
      )}
    </>
  )
}

/** From a day to a day; half a choice asks nothing yet. */
function Days() {
  const { t, language } = useTexts()
  const format = useFormat()
  const [{ from = null, to = null }, setAddress] = useAddress() as [
    Record<string, string | null>,
    ReturnType<typeof useAddress>[1],
  ]
  const [range, setRange] = useState<[string | null, string | null]>([from, to])
  useEffect(() => setRange([from, to]), [from, to])
  const choose = (chosen: [string | null, string | null]) => {
    setRange(chosen)
    if (Boolean(chosen[0]) === Boolean(chosen[1])) setAddress({ from: chosen[0], to: chosen[1] })
  }
  return (
    <DatePickerInput
      type="range"
      size="xs"
      w={196}
      clearable
      clearButtonProps={{ 'aria-label': t('kit:clear') }}
      placeholder={t('orders:days')}
      valueFormat="YYYY-MM-DD"
      locale={language.toLowerCase()}
      defaultDate={format.today()}
      allowSingleDateInRange
      value={range}
      onChange={choose}
    />
  )
}

function useStores() {
  const may = useMay()
  return useCall('GET /v1/admin/stores', {}, { enabled: may('stores:read') }).data?.data ?? []
}

/** By what the address narrows the orders down: the fields' choices, and what doors alone ask for. */
export function useChosen(): Chosen {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const { status, store_id, source, buyer, from, to, member_id = '', counted } = filtersOf(useAddress()[0])
  const stores = useStores()
  const sourceName = useSourceName()
  const member = useCall(
    'GET /v1/admin/members/:member_id',
    { params: { member_id } },
    { enabled: member_id !== '' && may('members:read'), keep: false },
  ).data?.member
  const name = member?.display_name ?? member?.phone ?? member?.email ?? t('members:unnamed')
  const store = store_id === 'none' ? t('orders:noStore') : stores.find((one) => one.store_id === store_id)?.name
  const days = [from, to].map((day) => (day ? format.day(day) : '')).join(' – ')
  return [
    (from || to) && { text: days.trim(), drops: ['from', 'to'], has_field: true },
    status && { text: t(`orders:statuses.${status}`), drops: ['status'], has_field: true },
    store_id && { text: store ?? '…', drops: ['store_id'], has_field: true },
    source && { text: sourceName(source), drops: ['source'], has_field: true },
    buyer && { text: t(`orders:buyers.${buyer}`), drops: ['buyer'], has_field: true },
    member_id && { text: t('orders:ofMember', { name }), drops: ['member_id'] },
    counted !== undefined && { text: t(counted ? 'orders:onlyCounted' : 'orders:notCounted'), drops: ['counted'] },
  ]
}
