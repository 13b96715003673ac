/** What stands in the navigation: only pages that exist, in the order of what one wants to do. */
import type { IconName } from '../kit/icons.tsx'
import type { Texts } from '../kit/texts/en.ts'
import { isPage } from './all-pages.ts'

type ShellKey = Exclude<keyof Texts['shell'], 'roles'>

/** Nouns that have a page of their own have a `title`. */
type TitledNoun = { [Noun in keyof Texts]: Texts[Noun] extends { title: string } ? Noun : never }[keyof Texts]

export interface NavigationPage {
  to: string
  /** The noun whose `title` names the page. */
  noun: TitledNoun
  icon: IconName
  /** Seen by those who have it. */
  permission?: string
  /** `g` then this letter: its name's first one in English, for the pages one goes to daily; `/` finds the others. */
  letter?: string
  /** One of the at most four that a phone shows at the bottom. */
  thumb?: boolean
}

export interface NavigationGroup {
  title: ShellKey | null
  /** Folded until somebody opens it: what is set up once. */
  closed?: boolean
  pages: NavigationPage[]
}

const wanted: NavigationGroup[] = [
  {
    title: null,
    pages: [
      { to: '/', noun: 'today', icon: 'today', permission: 'reports:read', letter: 't', thumb: true },
      { to: '/members', noun: 'members', icon: 'members', permission: 'members:read', letter: 'm', thumb: true },
      { to: '/orders', noun: 'orders', icon: 'orders', permission: 'orders:read', letter: 'o' },
      { to: '/companies', noun: 'companies', icon: 'company', permission: 'members:read' },
      { to: '/reports', noun: 'reports', icon: 'reports', permission: 'reports:read', letter: 'r' },
    ],
  },
  {
    title: 'groupMembership',
    pages: [
      { to: '/points', noun: 'points', icon: 'points', permission: 'rules:read', letter: 'p' },
      { to: '/tiers', noun: 'tiers', icon: 'tier', permission: 'rules:read' },
      { to: '/privileges', noun: 'privileges', icon: 'privilege', permission: 'privileges:read' },
      { to: '/plans', noun: 'plans', icon: 'plan', permission: 'plans:read' },
      { to: '/prices', noun: 'prices', icon: 'tag', permission: 'rules:read' },
    ],
  },
  {
    title: 'groupGifts',
    pages: [
      { to: '/gifts', noun: 'gifts', icon: 'gift', permission: 'gifts:read', letter: 'g' },
      { to: '/moments', noun: 'moments', icon: 'moment', permission: 'gifts:read' },
      { to: '/coupons', noun: 'coupons', icon: 'coupon', permission: 'coupons:read' },
      { to: '/offers', noun: 'offers', icon: 'offer', permission: 'offers:read' },
      { to: '/cards', noun: 'cards', icon: 'stamps', permission: 'cards:read' },
      { to: '/budgets', noun: 'budgets', icon: 'budget', permission: 'budgets:read', letter: 'b' },
    ],
  },
  {
    title: 'groupReach',
    pages: [
      { to: '/segments', noun: 'segments', icon: 'segments', permission: 'segments:read', letter: 's' },
      {
        to: '/campaigns',
        noun: 'campaigns',
        icon: 'campaigns',
        permission: 'campaigns:read',
        letter: 'c',
        thumb: true,
      },
      { to: '/messages', noun: 'messages', icon: 'messages', permission: 'messages:read' },
    ],
  },
  {
    title: 'groupStores',
    closed: true,
    pages: [
      { to: '/till', noun: 'till', icon: 'till', permission: 'till:manage' },
      { to: '/stores', noun: 'stores', icon: 'stores', permission: 'stores:read' },
      { to: '/products', noun: 'products', icon: 'products', permission: 'products:read' },
    ],
  },
  {
    title: 'groupProgram',
    closed: true,
    pages: [
      { to: '/program', noun: 'program', icon: 'program', permission: 'program:read' },
      { to: '/program/brand', noun: 'brand', icon: 'palette', permission: 'program:read' },
      { to: '/joining', noun: 'joining', icon: 'join', permission: 'program:read', letter: 'j' },
    ],
  },
  {
    title: 'groupSettings',
    closed: true,
    pages: [
      { to: '/imports', noun: 'imports', icon: 'imports', permission: 'imports:read', letter: 'i' },
      { to: '/staff', noun: 'staff', icon: 'staff', permission: 'staff:read' },
      { to: '/keys', noun: 'keys', icon: 'key', permission: 'keys:read' },
      { to: '/audit', noun: 'audit', icon: 'history', permission: 'audit:read' },
    ],
  },
]

/** An entry appears by itself as soon as its page exists. */
export const navigation = wanted
  .map((group) => ({ ...group, pages: group.pages.filter(({ to }) => isPage(to)) }))
  .filter(({ pages }) => pages.length > 0)

/** Does the entry of this page hold the address? The most exact one does: the brand's lies below the program's. */
export function isAt({ to }: NavigationPage, pathname: string): boolean {
  return to === entryOf(pathname)
}

function entryOf(pathname: string): string | undefined {
  const holds = (to: string) => (to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`))
  return navigation
    .flatMap(({ pages }) => pages.map(({ to }) => to))
    .filter(holds)
    .sort((a, b) => b.length - a.length)[0]
}

/** What looking at the pages of this address takes; undefined where no entry holds it. */
export function permissionOf(pathname: string): string | undefined {
  const entry = entryOf(pathname)
  return navigation.flatMap(({ pages }) => pages).find(({ to }) => to === entry)?.permission
}

/** Where `/` leads those who may not see the first page, and everybody while there is none. */
export function firstPageFor(may: (permission: string) => boolean): string | undefined {
  return navigation.flatMap(({ pages }) => pages).find(({ permission }) => !permission || may(permission))?.to
}
