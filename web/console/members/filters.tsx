/** Filters of the list of members. They live in the address, so that a link, Back and a saved view keep them. */
import { Select } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import type { Chosen } from '../../kit/chips.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { isState, stateNames } from './words.ts'

type Query = NonNullable<Input<'GET /v1/admin/members'>['query']>
type Filter = Pick<Query, 'kind' | 'tier_code' | 'state' | 'store_id' | 'tag'>

export const filterKeys = ['kind', 'state', 'tier_code', 'store_id', 'tag'] as const
const kinds = ['member', 'guest', 'follower'] as const
/** In the address: everybody, guests and followers too. */
const everybody = 'all'

/** Whom the list shows: members, unless the address says otherwise; a search looks among everybody. */
function kindOf(address: Record<string, string>): (typeof kinds)[number] | typeof everybody {
  const kind = address['kind']
  return kinds.find((one) => one === kind) ?? (kind === everybody || address['search'] ? everybody : 'member')
}

/** Has somebody narrowed the list down? */
export function isFiltered(address: Record<string, string>): boolean {
  return filterKeys.some((key) => address[key])
}

/** The filters of an address; what is none of ours is left out. */
export function filtersOf(address: Record<string, string>): Filter {
  const filter: Filter = {}
  const kind = kindOf(address)
  if (kind !== everybody) filter.kind = kind
  const { state, tier_code, store_id, tag } = address
  if (isState(state)) filter.state = state
  if (tier_code) filter.tier_code = tier_code
  if (store_id) filter.store_id = store_id
  if (tag) filter.tag = tag
  return filter
}

export function Filters() {
  const { t, language } = useTexts()
  const [address, setAddress] = useAddress()
  const { tiers, stores } = useOffered()
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
      {field(
        'state',
        t('members:anyState'),
        stateNames.map((value) => ({ value, label: t(`members:states.${value}`) })),
      )}
      {tiers.length > 0 &&
        field(
          'tier_code',
          t('members:anyTier'),
          tiers.map(({ code, names }) => ({ value: code, label: nameIn(names, language, code) })),
        )}
      <Select
        size="xs"
        w={132}
        aria-label={t('members:kind')}
        value={kindOf(address)}
        onChange={(kind) => setAddress({ kind })}
        data={[
          ...kinds.map((value) => ({ value, label: t(`members:kinds.${value}`) })),
          { value: everybody, label: t('members:anyKind') },
        ]}
      />
      {stores.length > 1 &&
        field(
          'store_id',
          t('members:anyStore'),
          stores.map(({ store_id, name }) => ({ value: store_id, label: name })),
        )}
    </>
  )
}

/** What there is to choose from. */
function useOffered() {
  const may = useMay()
  return {
    tiers: useCall('GET /v1/admin/tiers', {}, { enabled: may('tiers:read') }).data?.data ?? [],
    stores: useCall('GET /v1/admin/stores', {}, { enabled: may('stores:read') }).data?.data ?? [],
  }
}

/** By what the address narrows the list down: the fields' choices, and a tag that a door asks for. */
export function useChosen(): Chosen {
  const { t, language } = useTexts()
  const [address] = useAddress()
  const { state, tier_code, store_id, tag } = filtersOf(address)
  const { tiers, stores } = useOffered()
  const tier = tiers.find(({ code }) => code === tier_code)
  const kind = address['kind'] && kindOf(address)
  const kindText = kind && t(kind === everybody ? 'members:anyKind' : `members:kinds.${kind}`)
  return [
    state && { text: t(`members:states.${state}`), drops: ['state'], has_field: true },
    tier_code && { text: nameIn(tier?.names ?? {}, language, tier_code), drops: ['tier_code'], has_field: true },
    kindText && kind !== 'member' && { text: kindText, drops: ['kind'], has_field: true },
    store_id && {
      text: stores.find((store) => store.store_id === store_id)?.name ?? '…',
      drops: ['store_id'],
      has_field: true,
    },
    tag && { text: t('members:ofTag', { tag }), drops: ['tag'] },
  ]
}
