/** What a page shows is in its address: filters, searches, the open tab. Then Back works and a link can be shared. */
import { useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

/** The query of the address as text by name, and a way to change some of it (null or '' removes). */
export function useAddress(): [Record<string, string>, (changes: Record<string, string | null | undefined>) => void] {
  const router = useRouter()
  const search = useLocation({ select: ({ searchStr }) => searchStr })
  const values = Object.fromEntries(new URLSearchParams(search))
  const change = useCallback(
    (changes: Record<string, string | null | undefined>) => {
      const { pathname, searchStr } = router.state.location
      const next = new URLSearchParams(searchStr)
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value)
        else next.delete(name)
      }
      const text = next.toString()
      // typing in a search must not fill the history
      router.history.replace(pathname + (text ? `?${text}` : ''))
    },
    [router],
  )
  return [values, change]
}

/** A parameter of the path, such as `member_id` of `/members/$member_id`. */
export function usePathParam(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  return params[name] ?? ''
}
