/** One's own name, language and password. */
import { notifications } from '@mantine/notifications'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, PasswordField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { languages, nearestLanguage, setLanguage, useTexts, type Language } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useSession } from '../session.tsx'

/** The server's own limit. */
const passwordLengthMin = 10

export default function ProfilePage() {
  const { t } = useTexts()
  const { staff } = useSession()
  return (
    <Page
      title={t('staff:profile.title')}
      question={t('staff:profile.question')}
      width="narrow"
      answer={staff && t('staff:profile.role', { role: t(`shell:roles.${staff.role}`) })}
    >
      {staff && (
        <Section>
          <PersonForm name={staff.name} locale={nearestLanguage(staff.locale)} />
        </Section>
      )}
      <Section title={t('staff:profile.password')}>
        <PasswordForm />
      </Section>
    </Page>
  )
}

function PersonForm({ name, locale }: { name: string; locale: Language }) {
  const { t } = useTexts()
  const form = useForm<{ name: string; locale: Language }>({
    initial: { name, locale },
    check: (values): Record<string, string> => (values.name.trim() ? {} : { '/name': t('staff:needName') }),
    save: async (values) => {
      await call('PATCH /v1/admin/session', { body: { name: values.name.trim(), locale: values.locale } })
      if (values.locale !== locale) await setLanguage(values.locale, { remember: true })
      await touch('session', 'staff')
    },
  })
  return (
    <FormFrame form={form}>
      <TextField
        field={form.field('name')}
        label={t('staff:profile.name')}
        consequence={t('staff:profile.nameHint')}
        maxLength={100}
        autoComplete="name"
      />
      <ChoiceField
        field={alwaysChosen(form.field('locale'))}
        label={t('staff:profile.language')}
        choices={languages.map(({ code, name: own }) => ({ value: code, label: own }))}
      />
    </FormFrame>
  )
}

function PasswordForm() {
  const { t } = useTexts()
  const form = useForm({
    initial: { current: '', wanted: '' },
    check: ({ wanted }): Record<string, string> =>
      wanted.length >= passwordLengthMin ? {} : { '/wanted': t('staff:profile.needPassword') },
    save: async ({ current, wanted }) => {
      await call('POST /v1/admin/session/password', { body: { wanted, ...(current ? { current } : {}) } })
    },
    saved: () => {
      form.set({ current: '', wanted: '' })
      notifications.show({ message: t('staff:profile.passwordSet'), color: 'green', withCloseButton: false })
    },
  })
  return (
    <FormFrame form={form} verb={t('staff:profile.passwordVerb')}>
      <PasswordField
        field={form.field('current')}
        label={t('staff:profile.current')}
        consequence={t('staff:profile.currentHint')}
        autoComplete="current-password"
      />
      <PasswordField
        field={form.field('wanted')}
        label={t('staff:profile.wanted')}
        consequence={t('staff:profile.passwordHint')}
        autoComplete="new-password"
      />
    </FormFrame>
  )
}
