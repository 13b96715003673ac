/** Experience given or taken by hand. Open while the address says `do=xp`. */
import { useRef } from 'react'
import { call, touch } from '../../kit/call.ts'
import { LongTextField, NumberField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { AddressDialog } from '../address-dialog.tsx'

export function GiveXp({ member_id, name }: { member_id: string; name: string }) {
  const { t } = useTexts()
  return (
    <AddressDialog name="xp" title={t('tiers:xp.title', { name })}>
      {(close) => <XpForm member_id={member_id} close={close} />}
    </AddressDialog>
  )
}

interface Values {
  xp: number | null
  reason: string
}

function XpForm({ member_id, close }: { member_id: string; close: () => void }) {
  const { t } = useTexts()
  // one name for this dialog: pressed twice it is given once
  const source_id = useRef(crypto.randomUUID())
  const form = useForm<Values>({
    initial: { xp: null, reason: '' },
    check: ({ xp, reason }) => ({
      ...(xp ? {} : { '/xp': t('members:adjust.needPoints') }),
      ...(reason.trim() ? {} : { '/reason': t('members:adjust.needReason') }),
    }),
    save: async ({ xp, reason }) => {
      const body = { xp: xp!, reason: reason.trim(), source_id: source_id.current }
      await call('POST /v1/admin/members/:member_id/xp', { params: { member_id }, body })
      await touch('members')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} verb={t('tiers:xp.verb')} cancel={close}>
      <NumberField field={form.field('xp')} label={t('tiers:xp.amount')} consequence={t('tiers:xp.amountHint')} />
      <LongTextField
        field={form.field('reason')}
        label={t('members:adjust.reason')}
        consequence={t('members:adjust.reasonHint')}
        required
        rows={2}
      />
    </FormFrame>
  )
}
