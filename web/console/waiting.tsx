/** What waits for an answer behind a page of the navigation, for who may give it. */
import { VisuallyHidden } from '@mantine/core'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { useMay } from './session.tsx'
import classes from './shell.module.css'

/** By the address of the page. */
export type Waiting = Readonly<Record<string, number>>

/** A request waits three minutes; asked this often by a tab that is looked at, it costs one look at an index. */
const every_ms = 15_000

export function useWaiting(): Waiting {
  const enabled = useMay()('till:manage')
  const asked = useCall('GET /v1/admin/till-approval-requests', {}, { enabled, every_ms })
  return { '/till': asked.data?.data.length ?? 0 }
}

export function WaitingCount({ count }: { count: number }) {
  const { t } = useTexts()
  if (count === 0) return null
  return (
    <span className={classes['waits']}>
      <span aria-hidden="true">{count}</span>
      <VisuallyHidden>{t('shell:waits', { count })}</VisuallyHidden>
    </span>
  )
}
