/** A member's picture of themselves, and its removal where it is unseemly. Open while the address says `do=picture`. */
import { Avatar, Group } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { LongTextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { AddressDialog } from '../address-dialog.tsx'
import type { Profile } from './detail-page.tsx'

interface Shown {
  member: Profile['member']
  name: string
}

export function Face({ member, name, size }: Shown & { size: number }) {
  const { member_id, picture } = member
  if (!picture) return null
  const src = `/v1/admin/members/${member_id}/picture?version=${picture}`
  return <Avatar src={src} alt={name} size={size} />
}

export function RemovePicture({ member, name }: Shown) {
  const { t } = useTexts()
  const { picture } = member
  // a link to it may be older than the picture
  if (!picture) return null
  return (
    <AddressDialog name="picture" title={t('members:picture.title', { name })}>
      {(close) => <RemoveForm {...{ member, name, close }} version={picture} />}
    </AddressDialog>
  )
}

/** As the server asks. */
const reason_min = 3

function RemoveForm({ member, name, version, close }: Shown & { version: string; close: () => void }) {
  const { t } = useTexts()
  const { member_id } = member
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }): Record<string, string> =>
      reason.trim().length < reason_min ? { '/reason': t('members:adjust.needReason') } : {},
    save: async ({ reason }) => {
      const body = { version, reason: reason.trim() }
      await call('DELETE /v1/admin/members/:member_id/picture', { params: { member_id }, body })
      await touch('members')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} verb={t('members:picture.remove')} cancel={close}>
      <Group justify="center">
        <Face member={member} name={name} size={160} />
      </Group>
      <LongTextField
        field={form.field('reason')}
        label={t('members:picture.reason')}
        consequence={t('members:picture.hint')}
        required
        rows={2}
      />
    </FormFrame>
  )
}
