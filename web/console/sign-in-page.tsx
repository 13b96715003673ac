/** Sign in by a one-time link (`/sign-in#token=…`) or by e-mail and password. */
import { Button, Center, Code, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useAddress } from '../kit/address.ts'
import { call } from '../kit/call.ts'
import { useGo } from '../kit/door.tsx'
import { useTexts } from '../kit/i18n.ts'
import { PasswordField, TextField } from '../kit/fields.tsx'
import { Notice, Refused } from '../kit/states.tsx'
import { LanguageMenu } from '../kit/switches.tsx'

export default function SignInPage() {
  const { t } = useTexts()
  const [address] = useAddress()
  const token = useRef(new URLSearchParams(window.location.hash.slice(1)).get('token'))
  const [byLink, setByLink] = useState<'trying' | 'refused' | 'none'>(token.current ? 'trying' : 'none')
  const enter = useEnter(address['next'])
  useEffect(() => {
    document.title = `${t('shell:signInTitle')} · Regulars`
  }, [t])
  useEffect(() => {
    const used = token.current
    if (!used) return
    // a link works once: React's second run in development must not spend it again
    token.current = null
    window.history.replaceState(null, '', window.location.pathname + window.location.search)
    call('POST /v1/open/sign-in/link', { body: { token: used } }).then(enter, () => setByLink('refused'))
  })
  return (
    <Center component="main" mih="100vh" p="md" style={{ flexDirection: 'column' }}>
      <Paper withBorder p="xl" radius="lg" w="100%" maw={400} shadow="sm" bg="var(--rg-sheet)">
        <Group justify="space-between" mb="md" wrap="nowrap">
          <Group gap={10}>
            <img src="/icon.svg" width={32} height={32} alt="" />
            <Text fw={650} fz="lg">
              {t('shell:product')}
            </Text>
          </Group>
          <LanguageMenu />
        </Group>
        {byLink === 'trying' ? (
          <Group py="xl" justify="center" role="status">
            <Loader size="sm" color="gray" />
            <Text>{t('shell:signingIn')}</Text>
          </Group>
        ) : (
          <ByPassword enter={enter} refused={byLink === 'refused'} ended={address['reason'] === 'ended'} />
        )}
      </Paper>
    </Center>
  )
}

/** Goes where the person was; an address of another site is never followed. */
function useEnter(next: string | undefined): () => void {
  const go = useGo()
  const cache = useQueryClient()
  return () => {
    cache.clear()
    // the counter is an app of its own: its pages are loaded, not routed to
    if (next && /^\/counter(\/|$)/.test(next)) return window.location.assign(next)
    go(next && /^\/(?![/\\])/.test(next) ? next : '/', { replace: true })
  }
}

function ByPassword({ enter, refused, ended }: { enter: () => void; refused: boolean; ended: boolean }) {
  const { t } = useTexts()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const signIn = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await call('POST /v1/open/sign-in', { body: { email, password } })
      enter()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  const fieldOf = (name: string, value: string, onChange: (value: string) => void) => ({
    name,
    value,
    onChange,
    error: undefined,
  })
  return (
    <form onSubmit={(event) => void signIn(event)}>
      <Stack gap="md">
        <div>
          <Title order={1}>{t('shell:signInTitle')}</Title>
          <Text c="dimmed">{ended ? t('shell:signedOut') : t('shell:signInQuestion')}</Text>
        </div>
        {refused && (
          <Notice kind="warn" title={t('shell:linkUsed')}>
            <Text size="sm">{t('shell:linkUsedHint')}</Text>
            <Text size="sm" mt={6}>
              {t('shell:linkCommand', { command: '' })}
              <Code>npx regulars sign-in-link</Code>
            </Text>
          </Notice>
        )}
        <TextField
          field={fieldOf('email', email, setEmail)}
          label={t('shell:email')}
          type="email"
          autoComplete="username"
        />
        <PasswordField
          field={fieldOf('password', password, setPassword)}
          label={t('shell:password')}
          autoComplete="current-password"
        />
        {error ? <Refused error={error} /> : null}
        <Button type="submit" loading={busy} disabled={!email || !password}>
          {t('shell:signIn')}
        </Button>
      </Stack>
    </form>
  )
}
