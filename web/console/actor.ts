/** Who did it, by name: rows keep `staff:<id>`, `key:<id>` or `system:<work>`. */
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { useMay, useSession } from './session.tsx'

/** Names of actors as one may read them; else the role they acted in. */
export function useActorName(): (actor: string) => string {
  const { t } = useTexts()
  const may = useMay()
  const { staff } = useSession()
  const people = useCall('GET /v1/admin/staff', {}, { enabled: may('staff:read'), fresh_ms: 300_000 }).data?.data
  return (actor) => {
    const [kind, id] = actor.split(/:(.*)/s) as [string, string | undefined]
    if (kind === 'staff') {
      return (
        people?.find(({ staff_id }) => staff_id === id)?.name ??
        (staff && staff.staff_id === id ? staff.name : t('staff:somebody'))
      )
    }
    return kind === 'key' ? t('staff:aKey') : t('staff:theProgram')
  }
}
