/** A dangerous step says first, in numbers, what it will do. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { noticeSignedOut } from './call.ts'
import { useTexts } from './i18n.ts'
import { Refused } from './states.tsx'

export interface ConfirmProps {
  opened: boolean
  close: () => void
  /** A question with its object: "Send to 412 members?" */
  title: string
  /** What will happen, in numbers; whether it can be undone. */
  children: ReactNode
  /** The verb on the button, never "OK": "Send to 412 members". */
  verb: string
  /** The word that leaves things as they are: where the act is itself a cancellation, "Cancel" would say both. */
  keep?: string
  /** true: it cannot be undone or takes something away. */
  dangerous?: boolean
  /** false: something in it is still to be put right. */
  ready?: boolean
  act: () => Promise<unknown>
  /** What would help where it was refused, and the act once more. */
  remedy?: (error: unknown, again: () => void) => ReactNode
}

export function Confirm({ opened, close, title, children, verb, keep, dangerous, ready, act, remedy }: ConfirmProps) {
  const { t } = useTexts()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const leave = () => {
    if (busy) return
    setError(null)
    close()
  }
  const go = async () => {
    setBusy(true)
    setError(null)
    try {
      await act()
      close()
    } catch (thrown) {
      noticeSignedOut(thrown)
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={
        <Text span fw={620} fz="lg">
          {title}
        </Text>
      }
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {error ? <Refused error={error} /> : null}
        {error ? remedy?.(error, () => void go()) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={leave} disabled={busy} data-autofocus={dangerous || undefined}>
            {keep ?? t('kit:cancel')}
          </Button>
          <Button
            color={dangerous ? 'red' : 'persimmon'}
            loading={busy}
            disabled={ready === false}
            onClick={() => void go()}
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
