/** Links inside the app. An address is text (`/members?state=asleep`), so that it can stand in data and be copied. */
import { useRouter } from '@tanstack/react-router'
import { createContext, useContext, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from 'react'

/**
 * May the person open this address? An app that has roles says so; what may not be opened is not offered: its number is
 * plain text, its button is not there.
 */
export const MayOpenContext = createContext<(to: string) => boolean>(() => true)
export const useMayOpen = () => useContext(MayOpenContext)

export interface DoorProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string
  children?: ReactNode
}

/**
 * A link that changes the page without loading it anew; with ⌘, Ctrl, Shift or the middle button it opens as any link.
 */
export function Door({ to, onClick, ...rest }: DoorProps) {
  const go = useGo()
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !plain || rest.target || !to.startsWith('/')) return
    event.preventDefault()
    go(to)
  }
  const preload = usePreload()
  return <a {...rest} href={to} onClick={open} onPointerEnter={() => preload(to)} onFocus={() => preload(to)} />
}

/** Goes to an address from code: after saving, by a key. */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const router = useRouter()
  return (to, options = {}) => {
    if (options.replace) router.history.replace(to)
    else router.history.push(to)
  }
}

/** Loads a page's code as soon as a link to it is pointed at. */
function usePreload(): (to: string) => void {
  const router = useRouter()
  return (to) => {
    if (to.startsWith('/')) void router.preloadRoute({ to: to.split(/[?#]/)[0]! }).catch(() => undefined)
  }
}
