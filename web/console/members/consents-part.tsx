/** On which channels a member may be written to, with the proof; a yes or no noted, an address stopped or freed. */
import { ActionIcon, Group, Menu, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { useMay } from '../session.tsx'
import { useMemberName, type Profile } from './detail-page.tsx'

type Held = Profile['consents'][number]
type Stopped = Profile['suppressions'][number]
type Step = 'grant' | 'withdraw' | 'stop' | 'lift'

interface Line {
  channel: string
  /** Where the channel reaches this member; null: nowhere we know. */
  address: string | null
  held: Held | undefined
  stopped: Stopped | undefined
}

const purpose = 'marketing'

/** A channel is listed if something was said about it, or if an address of it is known. */
function linesOf({ member, consents, suppressions }: Profile): Line[] {
  const addresses: Record<string, string | null> = { email: member.email, sms: member.phone }
  const known = Object.keys(addresses).filter((channel) => addresses[channel])
  const said = consents.filter((one) => one.purpose === purpose)
  const channels = new Set([...known, ...said.map((one) => one.channel), ...suppressions.map((one) => one.channel)])
  return [...channels].map((channel) => ({
    channel,
    address: addresses[channel] ?? null,
    held: said.find((one) => one.channel === channel),
    stopped: suppressions.find((one) => one.channel === channel),
  }))
}

/** The channel's name on screen. */
export function useChannelName(): (channel: string) => string {
  useTexts()
  return (channel) => textOf(`members:consents.channels.${channel}`, channel)
}

export function ConsentsPart({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const [asked, setAsked] = useState<{ line: Line; step: Step } | null>(null)
  const lines = linesOf(profile)
  return (
    <Section title={t('members:consents.title')}>
      {lines.length === 0 && (
        <Text c="dimmed" size="sm">
          {t('members:consents.none')}
        </Text>
      )}
      <Stack gap="sm">
        {lines.map((line) => (
          <ChannelLine key={line.channel} line={line} ask={(step) => setAsked({ line, step })} />
        ))}
      </Stack>
      {asked && <Ask profile={profile} {...asked} close={() => setAsked(null)} />}
    </Section>
  )
}

function ChannelLine({ line, ask }: { line: Line; ask: (step: Step) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const nameOf = useChannelName()
  const { channel, held, stopped } = line
  const tone = stopped ? 'bad' : held?.status === 'granted' ? 'good' : 'quiet'
  const word = stopped
    ? t('members:consents.suppressed')
    : held?.status === 'granted'
      ? t('members:consents.granted')
      : t('members:consents.withdrawn')
  const reason = (code: string) => textOf(`members:consents.reasons.${code}`, code)
  const steps: Step[] = [
    held?.status === 'granted' ? 'withdraw' : 'grant',
    ...(stopped ? ['lift' as const] : line.address ? ['stop' as const] : []),
  ]
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
      <div>
        <Group gap="sm">
          <Text fw={500}>{nameOf(channel)}</Text>
          <StateBadge tone={tone}>{word}</StateBadge>
        </Group>
        {stopped && (
          <Text size="sm" c="dimmed">
            {t('members:consents.suppressedHint', {
              address: stopped.address,
              reason: reason(stopped.reason),
              ago: format.relative(stopped.at),
            })}
          </Text>
        )}
        {!stopped && held?.method && (
          <Text size="sm" c="dimmed">
            {t('members:consents.proof', {
              method: textOf(`members:consents.methods.${held.method}`, held.method),
              ago: format.relative(held.at),
            })}
          </Text>
        )}
      </div>
      {may('members:write') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`${t('kit:more')}: ${nameOf(channel)}`}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {steps.map((step) => (
              <Menu.Item key={step} onClick={() => ask(step)}>
                {t(`members:consents.${step}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}

function Ask({ profile, line, step, close }: { profile: Profile; line: Line; step: Step; close: () => void }) {
  const { t } = useTexts()
  const nameOf = useChannelName()
  const name = useMemberName(profile)
  const code = line.stopped?.reason ?? ''
  const params = {
    name,
    channel: nameOf(line.channel),
    address: line.stopped?.address ?? line.address ?? '',
    reason: textOf(`members:consents.reasons.${code}`, code),
  }
  return (
    <Confirm
      opened
      close={close}
      title={t(`members:consents.${step}Title`, params)}
      verb={t(`members:consents.${step}`)}
      dangerous={step === 'stop' || step === 'withdraw'}
      act={() => act(profile.member.member_id, line, step)}
    >
      {t(`members:consents.${step}Body`, params)}
    </Confirm>
  )
}

async function act(member_id: string, { channel, address, stopped }: Line, step: Step): Promise<void> {
  const params = { member_id }
  if (step === 'grant' || step === 'withdraw') {
    const status = step === 'grant' ? 'granted' : 'withdrawn'
    await call('POST /v1/admin/members/:member_id/consents', {
      params,
      body: { channel, purpose, status, method: 'console' },
    })
  } else if (step === 'stop') {
    await call('POST /v1/admin/members/:member_id/suppressions', {
      params,
      body: { channel, address: address!, reason: 'asked' },
    })
  } else {
    await call('DELETE /v1/admin/members/:member_id/suppressions', {
      params,
      query: { channel, address: stopped!.address },
    })
  }
  await touch('members')
}
