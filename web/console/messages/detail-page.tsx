/** One message: what it said, and everything that happened to it. */
import { Group, Stack, Text } from '@mantine/core'
import { usePathParam } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { MessageFrame } from './message-frame.tsx'
import { channelText, languageName, MessageState, reasonText } from './parts.tsx'
import classes from './parts.module.css'

type Message = Answer<'GET /v1/admin/messages/:message_id'>

export default function MessagePage() {
  const { t } = useTexts()
  const message_id = Number(usePathParam('message_id'))
  const read = useCall('GET /v1/admin/messages/:message_id', { params: { message_id } })
  const message = read.data
  const above = [{ title: t('messages:title'), to: '/messages' }]
  if (!message) {
    return (
      <Page title={t('messages:title')} question={t('messages:oneQuestion')} above={above}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
      </Page>
    )
  }
  const name = message.display_name ?? message.address ?? t('messages:unnamed')
  return (
    <Page
      title={t('messages:oneTitle', { name })}
      question={t('messages:oneQuestion')}
      width="narrow"
      above={[...above, { title: message.template_name, to: `/messages/sends/${message.send_id}` }]}
      answer={
        <Group gap="xs">
          <MessageState status={message.status} />
          {message.reason && (
            <Text span c="dimmed">
              {reasonText(message.reason)}
            </Text>
          )}
        </Group>
      }
    >
      <Facts message={message} name={name} />
      <Said message={message} />
      <Section title={t('messages:trail')}>
        <Trail trail={message.trail} />
      </Section>
    </Page>
  )
}

function Facts({ message, name }: { message: Message; name: string }) {
  const { t, language } = useTexts()
  const facts = [
    [
      t('messages:member'),
      <Door key="member" to={`/members/${message.member_id}`} className="rg-door">
        {name}
      </Door>,
    ],
    [t('messages:address'), message.address ?? nothing],
    [t('messages:channel'), channelText(message.channel)],
    [t('messages:language'), message.language ? languageName(message.language, language) : nothing],
  ] as const
  return (
    <Group gap="xl">
      {facts.map(([label, value]) => (
        <div key={label}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text component="div">{value}</Text>
        </div>
      ))}
    </Group>
  )
}

function Said({ message }: { message: Message }) {
  const { t } = useTexts()
  return (
    <Section title={message.subject || t('messages:said')} hint={message.html ? t('messages:pictures') : undefined}>
      {message.html && <MessageFrame html={message.html} title={t('messages:frame')} />}
      {!message.html && message.text && <pre className={classes.text}>{message.text}</pre>}
      {!message.html && !message.text && <Text c="dimmed">{t('messages:saidNothing')}</Text>}
      {message.html && message.text && (
        <details style={{ marginTop: 12 }}>
          <summary>{t('messages:plainText')}</summary>
          <pre className={classes.text}>{message.text}</pre>
        </details>
      )}
    </Section>
  )
}

function Trail({ trail }: { trail: Message['trail'] }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <ol className={classes.trail}>
      {trail.map((step, i) => (
        <li key={i} className={classes.step}>
          <time dateTime={step.at} className="rg-muted">
            {format.moment(step.at)}
          </time>
          <Stack gap={0}>
            <Text>
              {textOf(`messages:trailKinds.${step.kind}`, step.kind)}
              {step.verdict && (
                <Text span c="dimmed">
                  {' '}
                  · {step.verdict === 'machine' ? t('messages:byMachine') : t('messages:byHuman')}
                </Text>
              )}
            </Text>
            {step.link_url && <Text size="sm">{step.link_url}</Text>}
            {step.reason && (
              <Text size="sm" c="dimmed">
                {reasonText(step.reason)}
              </Text>
            )}
            {step.detail && (
              <Text size="xs" c="dimmed">
                {step.detail}
              </Text>
            )}
          </Stack>
        </li>
      ))}
    </ol>
  )
}
