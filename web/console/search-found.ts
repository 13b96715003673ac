/** What a search from anywhere finds: each noun by its own search, pages by their names. */
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import type { IconName } from '../kit/icons.tsx'
import { typingPauseMs } from '../kit/search-field.tsx'
import { useCall } from '../kit/use-call.ts'
import { isPage } from './all-pages.ts'
import type { NavigationGroup } from './navigation.ts'
import { useBuyerName } from './orders/words.tsx'
import { useMay } from './session.tsx'

/** Of each noun: what fits beside the others without scrolling. */
const membersShown = 6
const othersShown = 4

export interface Found {
  to: string
  title: string
  detail: string
  icon: IconName
}

/** What fits what was typed so far; while nothing is typed, the pages. */
export function useFound(text: string, groups: NavigationGroup[]): { found: Found[]; busy: boolean } {
  const [search] = useDebouncedValue(text, typingPauseMs)
  const parts = [
    useMembers(search),
    useOrders(search),
    useSegments(search),
    useCampaigns(search),
    useTemplates(search),
  ]
  const pages = usePages(text, groups)
  return {
    found: [...(text === '' ? [] : parts.flatMap(({ found }) => found)), ...pages],
    busy: parts.some(({ busy }) => busy) || search !== text,
  }
}

interface Part {
  found: Found[]
  busy: boolean
}

function useMembers(search: string): Part {
  const { t } = useTexts()
  const enabled = useMay()('members:read') && search !== ''
  const read = useCall('GET /v1/admin/members', { query: { search, limit: membersShown } }, { enabled })
  const rows = enabled ? (read.data?.data ?? []) : []
  const found = rows.map((member) => ({
    to: `/members/${member.member_id}`,
    title: member.display_name ?? t('members:unnamed'),
    detail: [member.phone, member.email].filter(Boolean).join(' · '),
    icon: 'staff' as const,
  }))
  return { found, busy: enabled && read.isFetching }
}

/** By the number of an order or of a refund, exactly: half a number names no order. */
function useOrders(search: string): Part {
  const format = useFormat()
  const buyer = useBuyerName()
  const enabled = useMay()('orders:read') && /\d/.test(search)
  const read = useCall('GET /v1/admin/orders', { query: { search, limit: othersShown } }, { enabled, keep: false })
  const found = (read.data?.data ?? []).map((order) => ({
    to: `/orders/${order.order_id}`,
    title: order.source_id,
    detail: [buyer(order), order.store_name, format.dayOf(order.occurred_at)].filter(Boolean).join(' · '),
    icon: 'orders' as const,
  }))
  return { found, busy: enabled && read.isFetching }
}

function useSegments(search: string): Part {
  const { t } = useTexts()
  const enabled = useMay()('segments:read') && search !== ''
  const read = useCall('GET /v1/admin/segments', { query: { search } }, { enabled })
  const rows = enabled ? (read.data?.data ?? []) : []
  const found = rows.slice(0, othersShown).map(({ segment_id, name }) => ({
    to: `/segments/${segment_id}`,
    title: name,
    detail: t('segments:title'),
    icon: 'segments' as const,
  }))
  return { found, busy: enabled && read.isFetching }
}

/** A brand plans some hundred campaigns in its life: all of them are read, and the names looked through here. */
function useCampaigns(search: string): Part {
  const { t } = useTexts()
  const enabled = useMay()('campaigns:read') && search !== ''
  const read = useCall('GET /v1/admin/campaigns', {}, { enabled })
  const rows = enabled ? (read.data?.data ?? []) : []
  const found = rows
    .filter(({ name }) => fits(name, search))
    .slice(0, othersShown)
    .map(({ campaign_id, name }) => ({
      to: `/campaigns/${campaign_id}`,
      title: name,
      detail: t('campaigns:title'),
      icon: 'campaigns' as const,
    }))
  return { found, busy: enabled && read.isFetching }
}

function useTemplates(search: string): Part {
  const { t } = useTexts()
  const enabled = useMay()('messages:read') && search !== ''
  const read = useCall('GET /v1/admin/templates', { query: { search, limit: othersShown } }, { enabled })
  const rows = enabled ? (read.data?.data ?? []) : []
  const found = rows.map(({ template_id, name }) => ({
    to: `/messages/templates/${template_id}`,
    title: name,
    detail: t('messages:tabs.templates'),
    icon: 'messages' as const,
  }))
  return { found, busy: enabled && read.isFetching }
}

/** Reports have names of their own besides the one in the navigation. */
const reports = ['flow', 'cohorts', 'repurchase', 'concentration', 'points', 'stores'] as const

function usePages(text: string, groups: NavigationGroup[]): Found[] {
  const { t } = useTexts()
  const may = useMay()
  const detail = t('shell:searchPages')
  const known = groups
    .flatMap((group) => group.pages)
    .map(({ to, noun, icon }) => ({ to, title: t(`${noun}:title`), detail, icon }))
  const within = may('reports:read')
    ? reports
        .map((name) => ({ to: name === 'flow' ? '/reports' : `/reports/${name}`, title: t(`reports:tabs.${name}`) }))
        .filter(({ to }) => to !== '/reports' && isPage(to))
        .map((page) => ({ ...page, detail: t('reports:title'), icon: 'reports' as const }))
    : []
  const further = may('messages:read')
    ? [{ to: '/messages/templates', title: t('messages:tabs.templates'), detail, icon: 'messages' as const }]
    : []
  // before anything is typed, only what the navigation has
  const offered = text === '' ? known : [...known, ...within, ...further]
  return offered.filter(({ title, to }) => fits(`${title} ${to}`, text))
}

function fits(name: string, search: string): boolean {
  return name.toLowerCase().includes(search.toLowerCase())
}
