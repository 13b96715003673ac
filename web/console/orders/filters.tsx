/** Filters of the list of orders. They live in the address, so that doors, links and Back keep them. */
import { Pill, Select } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useEffect, useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { statuses, useSourceName } from './words.tsx'

type Query = NonNullable<Input<'GET /v1/admin/orders/totals'>['query']>

export const filterKeys = ['status', 'store_id', 'source', 'buyer', 'from', 'to', 'member_id', 'counted'] as const
const dayForm = /^\d{4}-\d{2}-\d{2}$/

/** Has somebody narrowed the list down? */
export function isFiltered(address: Record<string, string>): boolean {
  return filterKeys.some((key) => address[key])
}

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
  const may = useMay()
  const [address, setAddress] = useAddress()
  const stores = useCall('GET /v1/admin/stores', {}, { enabled: may('stores:read') }).data?.data ?? []
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
      <Chips />
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

/** What doors ask for and nobody chooses by hand; each can be taken away. */
function Chips() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const { member_id = '', counted } = address
  const member = useCall(
    'GET /v1/admin/members/:member_id',
    { params: { member_id } },
    { enabled: member_id !== '' && may('members:read'), keep: false },
  ).data?.member
  const name = member?.display_name ?? member?.phone ?? member?.email ?? t('members:unnamed')
  const chips = [
    member_id ? { key: 'member_id', text: t('orders:ofMember', { name }) } : null,
    counted === 'true' ? { key: 'counted', text: t('orders:onlyCounted') } : null,
    counted === 'false' ? { key: 'counted', text: t('orders:notCounted') } : null,
  ].filter((chip) => chip !== null)
  return chips.map(({ key, text }) => (
    <Pill
      key={key}
      withRemoveButton
      onRemove={() => setAddress({ [key]: null })}
      size="md"
      removeButtonProps={{ 'aria-label': t('orders:drop', { filter: text }), tabIndex: 0, 'aria-hidden': false }}
    >
      {text}
    </Pill>
  ))
}
