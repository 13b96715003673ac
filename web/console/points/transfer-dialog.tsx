/** Points from this member to another. Open while the address says `do=transfer`. */
import { Stack, Text } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { PointsField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { AddressDialog } from '../address-dialog.tsx'
import { MemberPicker } from '../messages/member-picker.tsx'

interface DialogProps {
  member_id: string
  name: string
  /** What can be spent now. */
  available: number
}

export function TransferPoints(props: DialogProps) {
  const { t } = useTexts()
  return (
    <AddressDialog name="transfer" title={t('points:transfers.giveTitle', { name: props.name })}>
      {(close) => <TransferForm {...props} close={close} />}
    </AddressDialog>
  )
}

interface Values {
  to_member_id: string | null
  points: number | null
  note: string
}

function TransferForm({ member_id, available, close }: DialogProps & { close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const form = useForm<Values>({
    initial: { to_member_id: null, points: null, note: '' },
    check: ({ to_member_id, points }) => ({
      ...(to_member_id ? {} : { '/to_member_id': t('points:transfers.needMember') }),
      ...(points ? {} : { '/points': t('points:form.needed') }),
    }),
    save: async ({ to_member_id, points, note }) => {
      await call('POST /v1/admin/members/:member_id/points/transfers', {
        params: { member_id },
        body: { to_member_id: to_member_id!, points: points!, note: note.trim() },
      })
      await touch('members')
    },
    saved: close,
  })
  const error = form.errorAt('/to_member_id')
  return (
    <FormFrame form={form} verb={t('points:transfers.give')} cancel={close}>
      <Stack gap={2}>
        <MemberPicker
          label={t('points:transfers.to')}
          placeholder={t('points:transfers.toHint')}
          value={form.values.to_member_id}
          onChange={(to_member_id) => form.set({ to_member_id })}
        />
        {error && (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        )}
      </Stack>
      <PointsField
        field={form.field('points')}
        label={t('points:transfers.points')}
        consequence={t('points:transfers.pointsHint', { available: format.points(available) })}
        min={1}
      />
      <TextField field={form.field('note')} label={t('points:transfers.note')} maxLength={200} />
    </FormFrame>
  )
}
