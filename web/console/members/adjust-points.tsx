/** Points given or taken by hand; what will be left is said before. Open while the address says `do=adjust`. */
import { call, touch } from '../../kit/call.ts'
import { DayField, LongTextField, NumberField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { AddressDialog } from '../address-dialog.tsx'
import type { Profile } from './detail-page.tsx'

interface Values {
  points: number | null
  reason: string
  expires_on: string | null
}

export function AdjustPoints({ profile, name }: { profile: Profile; name: string }) {
  const { t } = useTexts()
  return (
    <AddressDialog name="adjust" title={t('members:adjust.title', { name })}>
      {(close) => <AdjustForm profile={profile} close={close} />}
    </AddressDialog>
  )
}

function AdjustForm({ profile, close }: { profile: Profile; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const { member_id } = profile.member
  const { active } = profile.points
  const form = useForm<Values>({
    initial: { points: null, reason: '', expires_on: null },
    check: ({ points, reason }) => ({
      ...(points ? {} : { '/points': t('members:adjust.needPoints') }),
      ...(reason.trim() ? {} : { '/reason': t('members:adjust.needReason') }),
    }),
    save: async ({ points, reason, expires_on }) => {
      const body = { points: points!, reason: reason.trim(), ...(expires_on ? { expires_on } : {}) }
      await call('POST /v1/admin/members/:member_id/points/adjustments', { params: { member_id }, body })
      await touch('members')
    },
    saved: close,
  })
  const points = form.values.points ?? 0
  const amount = { count: Math.abs(points), points: format.points(Math.abs(points)) }
  const verb =
    points === 0
      ? t('members:adjust.verb')
      : points > 0
        ? t('members:adjust.verbGive', amount)
        : t('members:adjust.verbTake', amount)
  return (
    <FormFrame form={form} verb={verb} cancel={close}>
      <NumberField
        field={form.field('points')}
        label={t('members:adjust.points')}
        required
        consequence={t('members:adjust.pointsHint', {
          active: format.points(active),
          after: format.points(active + points),
        })}
      />
      <LongTextField
        field={form.field('reason')}
        label={t('members:adjust.reason')}
        consequence={t('members:adjust.reasonHint')}
        required
        rows={2}
      />
      {points > 0 && (
        <DayField
          field={form.field('expires_on')}
          label={t('members:adjust.expires')}
          consequence={t('members:adjust.expiresHint')}
          clearable
        />
      )}
    </FormFrame>
  )
}
