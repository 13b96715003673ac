/** All pages: sign-in stands alone, everything else inside the shell. Nouns name theirs in their `routes.ts`. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { allPages, isPage } from './all-pages.ts'
import { BrokenPage, NotFoundPage } from './edge-pages.tsx'
import { PageSkeleton } from './page-skeleton.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Outlet, errorComponent: BrokenPage, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in-page.tsx')),
})
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  notFoundComponent: NotFoundPage,
})

const inside = allPages.map(({ path, load }) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyRouteComponent(load),
    pendingComponent: PageSkeleton,
    errorComponent: BrokenPage,
  }),
)
/** The shell leads `/` to the first page one may see. */
const home = isPage('/') ? [] : [createRoute({ getParentRoute: () => shell, path: '/', component: () => null })]
const lost = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage })

export const router = createRouter({
  routeTree: root.addChildren([signIn, shell.addChildren([...home, ...inside, lost])]),
  defaultPreload: false,
  // a page's code arrives in well under this; a skeleton that flashes is worse than none
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
  // addresses hold plain text; `?search=0912` must stay text and keep its zero
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (values) => {
    const text = new URLSearchParams(values as Record<string, string>).toString()
    return text ? `?${text}` : ''
  },
})
