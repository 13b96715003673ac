/** A colleague: to invite one, or to change their name, role or language. */
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { languages, nearestLanguage, useTexts, type Language } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import type { Person } from './people-page.tsx'

interface Values {
  name: string
  email: string
  role: Person['role']
  locale: Language
}
const roles = ['owner', 'marketer', 'analyst', 'manager', 'clerk', 'developer'] as const

interface PersonFormProps {
  /** null: somebody new. */
  person: Person | null
  close: () => void
  /** Somebody new was added and needs a link. */
  invited: (person: Person) => void
}

export function PersonForm({ person, close, invited }: PersonFormProps) {
  const { t, language } = useTexts()
  const form = useForm<Values>({
    initial: {
      name: person?.name ?? '',
      email: person?.email ?? '',
      role: person?.role ?? 'marketer',
      locale: person ? nearestLanguage(person.locale) : language,
    },
    check: ({ name, email }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('staff:needName') }),
      ...(person || email.includes('@') ? {} : { '/email': t('staff:needEmail') }),
    }),
    save: async ({ name, email, role, locale }) => {
      const body = { name: name.trim(), role, locale }
      if (person) await call('PATCH /v1/admin/staff/:staff_id', { params: { staff_id: person.staff_id }, body })
      else invited(await call('POST /v1/admin/staff', { body: { ...body, email: email.trim() } }))
      await touch('staff')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} {...(person ? {} : { verb: t('staff:inviteVerb') })}>
      <TextField field={form.field('name')} label={t('staff:name')} maxLength={100} autoFocus required />
      <TextField
        field={form.field('email')}
        label={t('staff:email')}
        type="email"
        maxLength={254}
        required
        disabled={person !== null}
      />
      <ChoiceField
        field={alwaysChosen(form.field('role'))}
        label={t('staff:role')}
        consequence={t(`staff:roleHints.${form.values.role}`)}
        choices={roles.map((value) => ({ value, label: t(`shell:roles.${value}`) }))}
      />
      <ChoiceField
        field={alwaysChosen(form.field('locale'))}
        label={t('staff:language')}
        consequence={t('staff:languageHint')}
        choices={languages.map(({ code, name }) => ({ value: code, label: name }))}
      />
    </FormFrame>
  )
}
