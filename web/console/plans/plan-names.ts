import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'

/** Names of plans by id, as far as the reader may see them. */
export function usePlans(): { plan_id: string; name: string }[] {
  const { language } = useTexts()
  const may = useMay()
  const plans = useCall('GET /v1/admin/plans', {}, { enabled: may('plans:read') }).data?.data ?? []
  return plans.map(({ plan_id, names }) => ({ plan_id, name: nameIn(names, language, plan_id) }))
}
