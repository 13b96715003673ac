/** Every number is a door: it opens the people or entries behind it. */
import { useTexts } from './i18n.ts'
import { Door, useMayOpen } from './door.tsx'

/**
 * A written number that links to what it counts. `estimate` says so in words. Without `to` it is plain text: for
 * numbers with nobody behind them, or whose people are not this reader's to see.
 */
export function NumberDoor({ value, to, estimate }: { value: string; to?: string | undefined; estimate?: boolean }) {
  const { t } = useTexts()
  const shown = estimate ? t('kit:estimate', { value }) : value
  const mayOpen = useMayOpen()
  if (!to || !mayOpen(to)) return <span className="rg-figures">{shown}</span>
  return (
    <Door to={to} className="rg-door" aria-label={t('kit:opensPeople', { value: shown })}>
      {shown}
    </Door>
  )
}
