/** What became of a previewed rule that was applied: awaited, moving the members, done, called off, or replaced. */
import type { Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Notice, Progress } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'

type TierPreview = Answer<'GET /v1/admin/tier-rules/previews/:preview_id'>

function useVersion(preview: TierPreview | undefined) {
  const applied = preview?.applied_version ?? null
  const { data } = useCall('GET /v1/admin/tier-rules', {}, { enabled: applied !== null })
  return data?.data.find(({ version }) => version === applied)
}

/** Where the application of a preview stands; null: it was not applied, or that is not known yet. */
export function useApplied(preview: TierPreview | undefined) {
  const { present } = useFormat()
  const version = useVersion(preview)
  if (!preview || !version) return null
  if (version.called_off_at !== null) return 'calledOff'
  if (Date.parse(version.effective_from) > present().getTime()) return 'takesEffect'
  if (preview.applied_done >= (preview.members_total ?? 0)) return 'applied'
  return version.in_force ? 'applying' : 'replaced'
}

export function Applied({ preview }: { preview: TierPreview }) {
  const { t } = useTexts()
  const format = useFormat()
  const version = useVersion(preview)
  const state = useApplied(preview)
  if (state === null || !version) return null
  if (state === 'applying')
    return <Progress title={t('tiers:preview.applying')} done={preview.applied_done} total={preview.members_total} />
  if (state === 'applied') return <Notice kind="good">{t('tiers:preview.applied')}</Notice>
  return (
    <Notice>
      {t(`rules:apply.${state}`, {
        version: format.number(version.version),
        at: format.moment(version.effective_from),
      })}
    </Notice>
  )
}
