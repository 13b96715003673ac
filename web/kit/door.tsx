/** Links inside the app. An address is text (`/members?state=asleep`), so that it can stand in data and be copied. */
import { useRouter } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react'

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
