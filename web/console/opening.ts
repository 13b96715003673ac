/** May somebody open a page? Its entry in the navigation says what looking takes, the page itself what more. */
import { allPages } from './all-pages.ts'
import { permissionOf } from './navigation.ts'

/** Is this address one that the person may open? Asked before a link is offered, and before a page is shown. */
export function mayOpen(address: string, may: (permission: string) => boolean): boolean {
  const pathname = address.split(/[?#]/)[0]!
  const asked = [permissionOf(pathname), pageAt(pathname)?.permission]
  return asked.every((permission) => !permission || may(permission))
}

/** The page at an address: one that is named in full before one with a parameter. */
function pageAt(pathname: string) {
  const parts = pathname.split('/')
  const fits = (path: string) => {
    const wanted = path.split('/')
    return wanted.length === parts.length && wanted.every((part, i) => part.startsWith('$') || part === parts[i])
  }
  return allPages.find(({ path }) => path === pathname) ?? allPages.find(({ path }) => fits(path))
}
