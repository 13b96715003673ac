/** A manager says what it was: the note stays with the alarm or the receipt. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { call, touch, type Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Refused } from '../../kit/states.tsx'

export type Settling =
  | { kind: 'alarm'; alarm: Row<'GET /v1/admin/till-alarms'> }
  | { kind: 'receipt'; receipt: Row<'GET /v1/admin/till-offline-receipts'>; accept: boolean }

/** As the server asks. */
const note_min = 3

export function SettleDialog({ settling, close }: { settling: Settling | null; close: () => void }) {
  const { t } = useTexts()
  const title = settling?.kind === 'receipt' ? t(settling.accept ? 'till:accept' : 'till:dismiss') : t('till:settle')
  return (
    <Modal
      opened={settling !== null}
      onClose={close}
      title={title}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      {settling && <SettleForm settling={settling} title={title} close={close} />}
    </Modal>
  )
}

async function settle(settling: Settling, note: string): Promise<void> {
  if (settling.kind === 'alarm') {
    const { alarm_id } = settling.alarm
    await call('POST /v1/admin/till-alarms/:alarm_id/settle', { params: { alarm_id }, body: { note } })
  } else {
    const { source, source_id } = settling.receipt
    await call('POST /v1/admin/till-offline-receipts/:source/:source_id/settle', {
      params: { source, source_id },
      body: { accept: settling.accept, note },
    })
  }
  await touch('till-alarms', 'till-offline-receipts', 'till-days', 'orders', 'members')
}

function SettleForm({ settling, title, close }: { settling: Settling; title: string; close: () => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const go = async () => {
    setBusy(true)
    setError(null)
    try {
      await settle(settling, note.trim())
      close()
    } catch (thrown) {
      setError(thrown)
    }
    setBusy(false)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void go()
      }}
    >
      <Stack gap="md">
        {settling.kind === 'receipt' && (
          <Text>
            {t(
              !settling.accept
                ? 'till:dismissHint'
                : settling.receipt.spend_points === null
                  ? 'till:acceptHint'
                  : 'till:acceptGivenHint',
              { money: format.money(settling.receipt.amount_minor) },
            )}
          </Text>
        )}
        <TextInput
          label={t('till:note')}
          data-autofocus
          maxLength={300}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {error !== null && <Refused error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('kit:cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={note.trim().length < note_min}>
            {title}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
