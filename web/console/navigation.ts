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
  /** `g` then this letter. */
  letter: string
  /** One of the at most four that a phone shows at the bottom. */
  thumb?: boolean
}

export interface NavigationGroup {
  title: ShellKey | null
  pages: NavigationPage[]
}

const wanted: NavigationGroup[] = [
  {
    title: null,
    pages: [
      { to: '/', noun: 'today', icon: 'today', permission: 'reports:read', letter: 't', thumb: true },
      { to: '/members', noun: 'members', icon: 'members', permission: 'members:read', letter: 'm', thumb: true },
      { to: '/joining', noun: 'joining', icon: 'plus', permission: 'program:read', letter: '2' },
      { to: '/companies', noun: 'companies', icon: 'membership', permission: 'members:read', letter: 'z' },
      { to: '/orders', noun: 'orders', icon: 'orders', permission: 'orders:read', letter: 'b' },
    ],
  },
  {
    title: 'groupMembership',
    pages: [
      { to: '/points', noun: 'points', icon: 'points', permission: 'rules:read', letter: 'p' },
      { to: '/tiers', noun: 'tiers', icon: 'tier', permission: 'rules:read', letter: 'e' },
      { to: '/coupons', noun: 'coupons', icon: 'tag', permission: 'coupons:read', letter: 'q' },
      { to: '/cards', noun: 'cards', icon: 'membership', permission: 'cards:read', letter: 'a' },
      { to: '/gifts', noun: 'gifts', icon: 'tag', permission: 'gifts:read', letter: 'g' },
      { to: '/moments', noun: 'moments', icon: 'clock', permission: 'gifts:read', letter: '1' },
      { to: '/budgets', noun: 'budgets', icon: 'table', permission: 'budgets:read', letter: 'y' },
      {
        to: '/privileges',
        noun: 'privileges',
        icon: 'membership',
        permission: 'privileges:read',
        letter: 'v',
      },
      { to: '/plans', noun: 'plans', icon: 'membership', permission: 'plans:read', letter: 'n' },
      { to: '/prices', noun: 'prices', icon: 'tag', permission: 'rules:read', letter: 'j' },
      { to: '/offers', noun: 'offers', icon: 'tag', permission: 'offers:read', letter: 'f' },
    ],
  },
  {
    title: 'groupFind',
    pages: [{ to: '/segments', noun: 'segments', icon: 'segments', permission: 'segments:read', letter: 's' }],
  },
  {
    title: 'groupReach',
    pages: [
      {
        to: '/campaigns',
        noun: 'campaigns',
        icon: 'campaigns',
        permission: 'campaigns:read',
        letter: 'c',
        thumb: true,
      },
      { to: '/messages', noun: 'messages', icon: 'messages', permission: 'messages:read', letter: 'w' },
    ],
  },
  {
    title: null,
    pages: [{ to: '/reports', noun: 'reports', icon: 'reports', permission: 'reports:read', letter: 'r' }],
  },
  {
    title: 'groupSettings',
    pages: [
      { to: '/program', noun: 'program', icon: 'program', permission: 'program:read', letter: 'o' },
      { to: '/program/brand', noun: 'brand', icon: 'edit', permission: 'program:read', letter: 'x' },
      { to: '/till', noun: 'till', icon: 'clock', permission: 'till:manage', letter: '7' },
      { to: '/stores', noun: 'stores', icon: 'stores', permission: 'stores:read', letter: 'h' },
      { to: '/products', noun: 'products', icon: 'products', permission: 'products:read', letter: 'd' },
      { to: '/imports', noun: 'imports', icon: 'imports', permission: 'imports:read', letter: 'i' },
      { to: '/staff', noun: 'staff', icon: 'staff', permission: 'staff:read', letter: 'u' },
      { to: '/keys', noun: 'keys', icon: 'key', permission: 'keys:read', letter: 'k' },
      { to: '/audit', noun: 'audit', icon: 'note', permission: 'audit:read', letter: 'l' },
    ],
  },
]

/** An entry appears by itself as soon as its page exists. */
export const navigation = wanted
  .map((group) => ({ ...group, pages: group.pages.filter(({ to }) => isPage(to)) }))
  .filter(({ pages }) => pages.length > 0)

/** Where `/` leads those who may not see the first page, and everybody while there is none. */
export function firstPageFor(may: (permission: string) => boolean): string | undefined {
  return navigation.flatMap(({ pages }) => pages).find(({ permission }) => !permission || may(permission))?.to
}
