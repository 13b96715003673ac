/** The settings of e-mail. The password goes in and never comes out. */
import { Button, Group } from '@mantine/core'
import { ChoiceField, NumberField, PasswordField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useWrite } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import type { ChannelRow } from './channels-page.tsx'

type Security = 'tls' | 'starttls' | 'none'

interface EmailValues {
  host: string
  port: number | null
  security: Security | null
  user: string
  password: string
  from_email: string
  from_name: string
  reply_to: string
  bounce_domain: string
  connections_max: number | null
}

/** The submission port of RFC 6409. */
const usualPort = 587

function initialOf(settings: ChannelRow['settings']): EmailValues {
  const text = (name: string) => (typeof settings[name] === 'string' ? (settings[name] as string) : '')
  const number = (name: string) => (typeof settings[name] === 'number' ? (settings[name] as number) : null)
  return {
    host: text('host'),
    port: number('port') ?? usualPort,
    security: (text('security') || 'starttls') as Security,
    user: text('user'),
    password: '',
    from_email: text('from_email'),
    from_name: text('from_name'),
    reply_to: text('reply_to'),
    bounce_domain: text('bounce_domain'),
    connections_max: number('connections_max'),
  }
}

/** Only what was filled in: an empty address is no address. */
function settingsOf({ password: _password, ...values }: EmailValues): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null))
}

export function EmailForm({ row }: { row: ChannelRow }) {
  const { t } = useTexts()
  const configure = useWrite('PUT /v1/admin/channels/:channel')
  const kept = row.secrets_set.includes('password')
  const write = (values: EmailValues, password: string | null | undefined) =>
    configure.mutateAsync({
      params: { channel: 'email' },
      body: { settings: settingsOf(values), ...(password === undefined ? {} : { secrets: { password } }) },
    })
  const form = useForm<EmailValues>({
    initial: initialOf(row.settings),
    save: (values) => write(values, values.password || undefined),
  })
  // the server points into `settings`; the fields stand without it
  const field = <Key extends keyof EmailValues & string>(name: Key) => ({
    ...form.field(name),
    error: form.errorAt(`/settings/${name}`) ?? form.field(name).error,
  })
  return (
    <FormFrame form={form} verb={row.configured ? t('kit:save') : t('messages:setUp')}>
      <Group grow align="flex-start" preventGrowOverflow={false}>
        <TextField field={field('host')} label={t('messages:host')} placeholder={t('messages:hostHint')} required />
        <NumberField field={field('port')} label={t('messages:port')} min={1} max={65_535} required />
        <ChoiceField<Security>
          field={field('security')}
          label={t('messages:security')}
          choices={(['starttls', 'tls', 'none'] as const).map((value) => ({
            value,
            label: t(`messages:securities.${value}`),
          }))}
        />
      </Group>
      <Group grow align="flex-start">
        <TextField field={field('user')} label={t('messages:user')} autoComplete="off" />
        <PasswordField
          field={field('password')}
          label={t('messages:password')}
          autoComplete="new-password"
          consequence={t(kept ? 'messages:passwordSet' : 'messages:passwordUnset')}
        />
      </Group>
      {kept && (
        <Button variant="subtle" color="gray" size="xs" w="fit-content" onClick={() => void write(form.values, null)}>
          {t('messages:passwordRemove')}
        </Button>
      )}
      <Group grow align="flex-start">
        <TextField field={field('from_email')} label={t('messages:fromEmail')} type="email" required />
        <TextField field={field('from_name')} label={t('messages:fromName')} required />
      </Group>
      <TextField field={field('reply_to')} label={t('messages:replyTo')} type="email" />
      <Group grow align="flex-start">
        <TextField
          field={field('bounce_domain')}
          label={t('messages:bounceDomain')}
          consequence={t('messages:bounceDomainHint')}
        />
        <NumberField
          field={field('connections_max')}
          label={t('messages:connections')}
          consequence={t('messages:connectionsHint')}
          min={1}
          max={50}
        />
      </Group>
    </FormFrame>
  )
}
