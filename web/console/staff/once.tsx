/** A secret that is shown once: to be copied now. */
import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'

interface OnceProps {
  /** null: nothing to show. */
  secret: string | null
  title: string
  text: string
  copy: string
  close: () => void
}

export function ShownOnce({ secret, title, text, copy, close }: OnceProps) {
  const { t } = useTexts()
  return (
    // a slip beside the dialog must not lose what cannot be shown again
    <Modal
      opened={secret !== null}
      onClose={close}
      title={title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      <Stack gap="md">
        <Text>{text}</Text>
        <Code block style={{ wordBreak: 'break-all', whiteSpace: 'pre-wrap' }} data-once>
          {secret ?? ''}
        </Code>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t('staff:keys.done')}
          </Button>
          <CopyButton value={secret ?? ''}>
            {({ copied, copy: act }) => (
              <Button onClick={act} leftSection={<Icon name={copied ? 'check' : 'copy'} size={15} />}>
                {copied ? t('kit:copied') : copy}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Modal>
  )
}
