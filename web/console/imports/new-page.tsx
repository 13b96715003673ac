/** What do you want to bring in? A file is dropped or chosen, uploaded and looked at; nothing is imported yet. */
import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useRef, useState, type DragEvent } from 'react'
import { useAddress } from '../../kit/address.ts'
import { touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Progress, Refused } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import classes from './imports.module.css'
import { upload } from './upload.ts'

type Kind = 'orders' | 'members'
interface Sending {
  name: string
  sent: number
  total: number
  stop: AbortController
}

export default function NewImportPage() {
  const { t } = useTexts()
  const go = useGo()
  const [address, setAddress] = useAddress()
  const kind: Kind = address['kind'] === 'members' ? 'members' : 'orders'
  const [preset, setPreset] = useState<string | null>(null)
  const [source, setSource] = useState('')
  const [sending, setSending] = useState<Sending | null>(null)
  const [error, setError] = useState<unknown>(null)
  const send = async (file: File) => {
    const stop = new AbortController()
    const told = { name: file.name, sent: 0, total: file.size, stop }
    setError(null)
    setSending(told)
    try {
      const progress = (sent: number, total: number) => setSending({ ...told, sent, total })
      const made = await upload(file, { kind, preset, source: source.trim(), signal: stop.signal, progress })
      await touch('imports')
      go(`/imports/${made.import_id}`, { replace: true })
    } catch (thrown) {
      setSending(null)
      if (!stop.signal.aborted) setError(thrown)
    }
  }
  return (
    <Page
      width="narrow"
      title={t('imports:upload.title')}
      question={t('imports:upload.question')}
      above={[{ title: t('imports:title'), to: '/imports' }]}
    >
      <KindChoice
        kind={kind}
        choose={(one) => {
          setPreset(null)
          setAddress({ kind: one === 'orders' ? null : one })
        }}
      />
      {sending ? (
        <Progress
          title={t('imports:upload.sending', { name: sending.name })}
          done={megabytes(sending.sent)}
          total={Math.max(0.1, megabytes(sending.total))}
          cancel={() => sending.stop.abort()}
          goes_on={false}
        />
      ) : (
        <DropZone send={(file) => void send(file)} />
      )}
      {error ? <Refused error={error} /> : null}
      <Section>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <PresetField kind={kind} value={preset} onChange={setPreset} />
          <TextInput
            label={t('imports:upload.source')}
            description={t('imports:upload.sourceHint')}
            value={source}
            maxLength={60}
            onChange={(event) => setSource(event.currentTarget.value)}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        </SimpleGrid>
      </Section>
    </Page>
  )
}

function KindChoice({ kind, choose }: { kind: Kind; choose: (kind: Kind) => void }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} role="radiogroup" aria-label={t('imports:upload.question')}>
      {(['orders', 'members'] as const).map((one) => (
        <UnstyledButton
          key={one}
          role="radio"
          aria-checked={kind === one}
          className={classes.kind}
          onClick={() => choose(one)}
        >
          <Group gap="xs">
            <Icon name={one === 'orders' ? 'products' : 'members'} />
            <Text fw={600}>{t(`imports:kinds.${one}`)}</Text>
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {t(`imports:upload.${one}Hint`)}
          </Text>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  )
}

/** With one digit, as file managers count them. */
function megabytes(bytes: number): number {
  return Math.round((bytes / 1_048_576) * 10) / 10
}

function PresetField({
  kind,
  value,
  onChange,
}: {
  kind: Kind
  value: string | null
  onChange: (preset: string | null) => void
}) {
  const { t } = useTexts()
  const presets = (useCall('GET /v1/admin/import-presets').data?.data ?? []).filter((one) => one.kind === kind)
  return (
    <Select
      label={t('imports:upload.preset')}
      description={t('imports:upload.presetHint')}
      value={value}
      clearable
      placeholder={t('imports:upload.presetAuto')}
      onChange={onChange}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={presets.map(({ name }) => ({ value: name, label: textOf(`imports:upload.presets.${name}`, name) }))}
    />
  )
}

function DropZone({ send }: { send: (file: File) => void }) {
  const { t } = useTexts()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) send(file)
  }
  return (
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDrop={drop}
      onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
    >
      <Stack align="center" gap="xs">
        <Icon name="upload" size={28} />
        <Text fw={600}>{t('imports:upload.drop')}</Text>
        <Text c="dimmed" size="sm">
          {t('imports:upload.or')}
        </Text>
        <Button onClick={() => input.current?.click()}>{t('imports:upload.choose')}</Button>
        <Text c="dimmed" size="sm" ta="center" maw={460}>
          {t('imports:upload.formats')}
        </Text>
      </Stack>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.gz,.txt,.tsv,.xlsx"
        aria-label={t('imports:upload.choose')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file) send(file)
          // the same file may be chosen again after it was mended
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
