/** By which accounts elsewhere may one join, and what does each still need? */
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch, type Row } from '../../kit/call.ts'
import { StateBadge } from '../../kit/badge.tsx'
import { LongTextField, PasswordField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'

type Provider = Row<'GET /v1/admin/joining/providers'>
type Preset = Provider['preset']
const presets = ['line', 'google', 'apple', 'wechat', 'oidc'] as const

/** What each asks for besides its client's id. */
const asks: Record<Preset, { settings: readonly SettingName[]; secret: 'client_secret' | 'private_key' }> = {
  line: { settings: [], secret: 'client_secret' },
  google: { settings: [], secret: 'client_secret' },
  apple: { settings: ['team_id', 'key_id'], secret: 'private_key' },
  wechat: { settings: [], secret: 'client_secret' },
  oidc: { settings: ['issuer', 'scopes'], secret: 'client_secret' },
}
type SettingName = 'team_id' | 'key_id' | 'issuer' | 'scopes'

/** One that is set up, or a preset that waits. */
interface Line {
  preset: Preset
  provider: string
  kept: Provider | null
}

export default function AccountsPage() {
  const { t } = useTexts()
  const writes = useMay()('program:write')
  const read = useCall('GET /v1/admin/joining/providers')
  const [edited, setEdited] = useState<Line | null>(null)
  const kept = read.data?.data ?? []
  const lines: Line[] = [
    ...kept.map((one) => ({ preset: one.preset, provider: one.provider, kept: one })),
    ...presets
      .filter((preset) => !kept.some((one) => one.provider === preset))
      .map((preset) => ({ preset, provider: preset, kept: null })),
  ]
  return (
    <Page
      title={t('joining:accounts.title')}
      question={t('joining:accounts.question')}
      above={[{ title: t('joining:title'), to: '/joining' }]}
    >
      {read.data ? (
        <Stack gap="md">
          {lines.map((line) => (
            <ProviderLine key={line.provider} line={line} setUp={writes ? () => setEdited(line) : null} />
          ))}
        </Stack>
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={300} />
      )}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited ? t('joining:accounts.setUp', { name: t(`joining:accounts.presets.${edited.preset}`) }) : ''}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {edited && <ProviderForm line={edited} close={() => setEdited(null)} />}
      </Modal>
    </Page>
  )
}

function ProviderLine({ line, setUp }: { line: Line; setUp: (() => void) | null }) {
  const { t } = useTexts()
  const format = useFormat()
  const { kept, preset } = line
  const state = !kept ? 'none' : kept.is_on ? 'on' : 'off'
  return (
    <Section
      title={kept?.name ?? t(`joining:accounts.presets.${preset}`)}
      hint={
        kept
          ? t('joining:accounts.members', { count: kept.members, members: format.number(kept.members) })
          : t(`joining:accounts.hints.${preset}`)
      }
      aside={
        <Group gap="sm">
          <StateBadge tone={state === 'on' ? 'good' : state === 'off' ? 'warn' : 'quiet'}>
            {t(`joining:accounts.states.${state}`)}
          </StateBadge>
          {setUp && (
            <Button size="xs" variant="default" onClick={setUp}>
              {t('joining:accounts.setUp', { name: kept?.name ?? t(`joining:accounts.presets.${preset}`) })}
            </Button>
          )}
        </Group>
      }
    >
      {null}
    </Section>
  )
}

interface Values {
  name: string
  client_id: string
  team_id: string
  key_id: string
  issuer: string
  scopes: string
  secret: string
  is_on: boolean
}

function ProviderForm({ line, close }: { line: Line; close: () => void }) {
  const { t } = useTexts()
  const { preset, provider, kept } = line
  const { settings, secret } = asks[preset]
  const isKept = kept?.secrets_set.includes(secret) ?? false
  const form = useForm<Values>({
    initial: {
      name: kept?.name ?? t(`joining:accounts.presets.${preset}`),
      client_id: kept?.client_id ?? '',
      team_id: kept?.settings['team_id'] ?? '',
      key_id: kept?.settings['key_id'] ?? '',
      issuer: kept?.settings['issuer'] ?? '',
      scopes: kept?.settings['scopes'] ?? '',
      secret: '',
      is_on: kept?.is_on ?? true,
    },
    check: ({ client_id }): Record<string, string> =>
      client_id.trim() ? {} : { '/client_id': t('joining:accounts.needClient') },
    save: async (values) => {
      const body = {
        preset,
        name: values.name.trim() || preset,
        client_id: values.client_id.trim(),
        settings: { ...kept?.settings, ...Object.fromEntries(settings.map((name) => [name, values[name].trim()])) },
        ...(values.secret ? { secrets: { [secret]: values.secret } } : {}),
        is_on: values.is_on,
      }
      await call('PUT /v1/admin/joining/providers/:provider', { params: { provider }, body })
      await touch('joining')
    },
    saved: close,
  })
  const back = preset === 'apple' ? '/v1/open/portal/account-form' : '/portal/account'
  return (
    <FormFrame form={form} cancel={close}>
      <Text size="sm">
        {t('joining:accounts.back')} <Code>{new URL(back, window.location.href).href}</Code>
      </Text>
      <TextField field={form.field('name')} label={t('joining:accounts.name')} maxLength={60} required />
      <TextField field={form.field('client_id')} label={t('joining:accounts.client_id')} maxLength={300} required />
      {settings.map((name) => (
        <TextField key={name} field={form.field(name)} label={t(`joining:accounts.${name}`)} maxLength={300} />
      ))}
      {secret === 'private_key' ? (
        <LongTextField
          field={form.field('secret')}
          label={t('joining:accounts.private_key')}
          consequence={isKept ? t('joining:accounts.kept') : undefined}
          rows={5}
          monospace
        />
      ) : (
        <PasswordField
          field={form.field('secret')}
          label={t('joining:accounts.client_secret')}
          consequence={isKept ? t('joining:accounts.kept') : undefined}
          autoComplete="new-password"
        />
      )}
      <SwitchField
        field={form.field('is_on')}
        label={t('joining:accounts.isOn')}
        consequence={t('joining:accounts.isOnHint')}
      />
    </FormFrame>
  )
}
