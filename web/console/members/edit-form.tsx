/** The fields of a member: to add one, or to change one. Refusals of the server stand beside the field they name. */
import { SimpleGrid } from '@mantine/core'
import type { Choice } from '../../kit/fields.tsx'
import { ChoiceField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { languages, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { languageName } from '../messages/parts.tsx'
import { useMay, useSession } from '../session.tsx'

export interface MemberValues {
  display_name: string
  phone: string
  email: string
  card: string
  birth_date: string
  gender: 'female' | 'male' | 'other' | null
  home_store_id: string | null
  locale: string | null
  consent_email: boolean
  consent_sms: boolean
}

export const noValues: MemberValues = {
  display_name: '',
  phone: '',
  email: '',
  card: '',
  birth_date: '',
  gender: null,
  home_store_id: null,
  locale: null,
  consent_email: false,
  consent_sms: false,
}

export interface MemberFormProps {
  initial: MemberValues
  /** Adding: a card and consents may be given, and one way to be recognised is needed. */
  is_new: boolean
  save: (values: MemberValues) => Promise<unknown>
  saved: () => void
  cancel: () => void
}

export function MemberForm({ initial, is_new, save, saved, cancel }: MemberFormProps) {
  const { t } = useTexts()
  const form = useForm<MemberValues>({
    initial,
    save,
    saved,
    check: ({ phone, email, card }) =>
      is_new && !phone.trim() && !email.trim() && !card.trim()
        ? { '/phone': t('members:form.needIdentity') }
        : ({} as Record<string, string>),
  })
  const text = (key: 'phone' | 'email' | 'card') => ({
    field: form.field(key),
    label: t(`members:form.${key}`),
    consequence: t(`members:form.${key}Hint`),
  })
  return (
    <FormFrame form={form} cancel={cancel} {...(is_new ? { verb: t('members:form.verb') } : {})}>
      <TextField
        field={form.field('display_name')}
        label={t('members:form.name')}
        consequence={t('members:form.nameHint')}
        maxLength={200}
        autoFocus
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <TextField {...text('phone')} type="tel" maxLength={60} />
        <TextField {...text('email')} type="email" maxLength={254} />
        {is_new && <TextField {...text('card')} maxLength={80} />}
        <TextField
          field={form.field('birth_date')}
          label={t('members:form.birthday')}
          consequence={t('members:form.birthdayHint')}
          placeholder="YYYY-MM-DD"
          maxLength={10}
        />
        <ChoiceField
          field={form.field('gender')}
          label={t('members:form.gender')}
          clearable
          choices={(['female', 'male', 'other'] as const).map((value) => ({
            value,
            label: t(`members:form.genders.${value}`),
          }))}
        />
        <ChoiceField
          field={form.field('locale')}
          label={t('members:form.language')}
          consequence={t('members:form.languageHint')}
          clearable
          choices={useLanguages(initial.locale)}
        />
        <ChoiceField
          field={form.field('home_store_id')}
          label={t('members:form.store')}
          consequence={t('members:form.storeHint')}
          clearable
          choices={useStores()}
        />
      </SimpleGrid>
      {is_new && <Consents form={form} />}
    </FormFrame>
  )
}

/** What the member says while joining; a channel without an address has nothing to say yes to. */
function Consents({ form }: { form: Form<MemberValues> }) {
  const { t } = useTexts()
  return (
    <>
      <SwitchField
        field={form.field('consent_email')}
        label={t('members:form.consentEmail')}
        disabled={!form.values.email.trim()}
      />
      <SwitchField
        field={form.field('consent_sms')}
        label={t('members:form.consentSms')}
        consequence={t('members:form.consentHint')}
        disabled={!form.values.phone.trim()}
      />
    </>
  )
}

/** The program's languages, and the member's own if it is another. */
function useLanguages(own: string | null): Choice<string>[] {
  const { language } = useTexts()
  const { program } = useSession()
  const codes = [...new Set([...(program?.languages ?? languages.map(({ code }) => code)), ...(own ? [own] : [])])]
  return codes.map((value) => ({
    value,
    // an import may have kept what is no language
    label: languageName(value, language),
  }))
}

function useStores(): Choice<string>[] {
  const may = useMay()
  const stores = useCall('GET /v1/admin/stores', {}, { enabled: may('stores:read') }).data?.data ?? []
  return stores.map(({ store_id, name }) => ({ value: store_id, label: name }))
}
