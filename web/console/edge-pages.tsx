/** Pages at the edge: no such address, not open to this role, broken. */
import { Box, Button, Center, Code, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Door } from '../kit/door.tsx'
import { useTexts } from '../kit/i18n.ts'
import { Icon, type IconName } from '../kit/icons.tsx'

function Edge({
  icon,
  title,
  hint,
  children,
}: {
  icon: IconName
  title: string
  hint: string
  children?: ReactNode
}) {
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="xs" ta="center" maw={460}>
        <Box c="dimmed">
          <Icon name={icon} size={32} />
        </Box>
        <Title order={1}>{title}</Title>
        <Text c="dimmed">{hint}</Text>
        {children}
      </Stack>
    </Center>
  )
}

export function NotFoundPage() {
  const { t } = useTexts()
  return (
    <Edge icon="search" title={t('shell:notFoundTitle')} hint={t('shell:notFoundHint')}>
      <Button component={Door} to="/" mt="sm">
        {t('shell:notFoundHome')}
      </Button>
    </Edge>
  )
}

export function ForbiddenPage() {
  const { t } = useTexts()
  return <Edge icon="key" title={t('shell:forbiddenTitle')} hint={t('shell:forbiddenHint')} />
}

/** A fault in our own code: what was typed may be lost, what was saved is not. */
export function BrokenPage({ error }: { error: unknown }) {
  const { t } = useTexts()
  const message = error instanceof Error ? error.message : String(error)
  return (
    <Edge icon="warning" title={t('shell:brokenTitle')} hint={t('shell:brokenHint')}>
      <Button mt="sm" onClick={() => window.location.reload()}>
        {t('shell:reload')}
      </Button>
      <Code mt="sm" c="dimmed">
        {message.slice(0, 200)}
      </Code>
    </Edge>
  )
}
