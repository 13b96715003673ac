/** The parts of messages as tabs that are links, and the words of states and reasons. */
import { Group } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import { Door } from '../../kit/door.tsx'
import { languages, textOf, useTexts } from '../../kit/i18n.ts'
import { showInRow } from '../../kit/show-in-row.ts'
import classes from './parts.module.css'

const tabs = [
  { name: 'list', to: '/messages' },
  { name: 'templates', to: '/messages/templates' },
  { name: 'sends', to: '/messages/sends' },
  { name: 'channels', to: '/messages/channels' },
] as const
export type PartName = (typeof tabs)[number]['name']

export function MessageParts({ here }: { here: PartName }) {
  const { t } = useTexts()
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => showInRow(row.current?.querySelector('[aria-current]')), [here])
  return (
    <nav aria-label={t('messages:tabsLabel')}>
      <Group gap={4} className={classes.tabs} wrap="nowrap" ref={row}>
        {tabs.map(({ name, to }) => (
          <Door key={name} to={to} className={classes.tab} aria-current={name === here ? 'page' : undefined}>
            {t(`messages:tabs.${name}`)}
          </Door>
        ))}
      </Group>
    </nav>
  )
}

const tones: Record<string, Tone> = {
  waiting: 'quiet',
  sending: 'busy',
  listed: 'busy',
  accepted: 'good',
  delivered: 'good',
  uncertain: 'warn',
  bounced: 'bad',
  failed: 'bad',
  refused: 'quiet',
  cancelled: 'quiet',
  open: 'busy',
  paused: 'warn',
}

/** What became of a message, as a word with its shape. */
export function MessageState({ status }: { status: string }) {
  useTexts()
  return <StateBadge tone={tones[status] ?? 'quiet'}>{textOf(`messages:statuses.${status}`, status)}</StateBadge>
}

/** Why, in words; a code of the mail server is said as it is. */
export function reasonText(reason: string): string {
  return textOf(`messages:reasons.${reason}`, reason)
}

export function channelText(channel: string): string {
  return textOf(`messages:channels.${channel}`, channel)
}

/** A language by its own name where the screen speaks it too, else in the screen's language. */
export function languageName(code: string, screen: string): string {
  const own = languages.find((one) => one.code === code)
  if (own) return own.name
  try {
    return new Intl.DisplayNames(screen, { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
