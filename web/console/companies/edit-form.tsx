/** A company's name, tax id and notes; and a person put into it. */
import { Modal } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, DayField, LongTextField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import { MemberPicker } from '../messages/member-picker.tsx'
import type { Company } from './list-page.tsx'

export const roles = ['buyer', 'payer', 'user', 'admin'] as const
type Role = (typeof roles)[number]

export function CompanyDialog({ edited, close }: { edited: Company | 'new' | null; close: () => void }) {
  const { t } = useTexts()
  return (
    <Modal
      opened={edited !== null}
      onClose={close}
      title={edited === 'new' ? t('companies:add') : t('companies:edit')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {edited && <CompanyForm company={edited === 'new' ? null : edited} close={close} />}
    </Modal>
  )
}

function CompanyForm({ company, close }: { company: Company | null; close: () => void }) {
  const { t } = useTexts()
  const form = useForm<{ name: string; tax_id: string; notes: string }>({
    initial: { name: company?.name ?? '', tax_id: company?.tax_id ?? '', notes: company?.notes ?? '' },
    check: ({ name }): Record<string, string> => (name.trim() ? {} : { '/name': t('companies:needName') }),
    save: async ({ name, tax_id, notes }) => {
      const body = { name: name.trim(), tax_id: tax_id.trim() || null, notes: notes.trim() }
      const params = { company_id: company?.company_id ?? '' }
      if (company) await call('PATCH /v1/admin/companies/:company_id', { params, body })
      else await call('POST /v1/admin/companies', { body })
      await touch('companies', 'members')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} {...(company ? {} : { verb: t('companies:add') })}>
      <TextField field={form.field('name')} label={t('companies:name')} maxLength={200} autoFocus required />
      <TextField field={form.field('tax_id')} label={t('companies:taxId')} maxLength={40} />
      <LongTextField field={form.field('notes')} label={t('companies:notes')} rows={3} />
    </FormFrame>
  )
}

export function PersonDialog(props: { company_id: string; opened: boolean; close: () => void }) {
  const { t } = useTexts()
  const { opened, close, company_id } = props
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('companies:addPerson')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {opened && <PersonForm company_id={company_id} close={close} />}
    </Modal>
  )
}

function PersonForm({ company_id, close }: { company_id: string; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const form = useForm<{ member_id: string | null; role: Role; since: string | null }>({
    initial: { member_id: null, role: 'buyer', since: format.today() },
    save: async ({ member_id, role, since }) => {
      await call('POST /v1/admin/companies/:company_id/people', {
        params: { company_id },
        body: { member_id: member_id!, role, ...(since ? { since } : {}) },
      })
      await touch('companies')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} verb={t('companies:addPerson')} disabled={form.values.member_id === null}>
      <MemberPicker
        label={t('companies:person')}
        placeholder={t('companies:addPersonHint')}
        value={form.values.member_id}
        onChange={(member_id) => form.set({ member_id })}
      />
      <ChoiceField
        field={alwaysChosen(form.field('role'))}
        label={t('companies:role')}
        choices={roles.map((value) => ({ value, label: t(`companies:roles.${value}`) }))}
      />
      <DayField field={form.field('since')} label={t('companies:since')} />
    </FormFrame>
  )
}
