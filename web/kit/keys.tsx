/** The keyboard: `/` searches, `g` then a letter goes to a page, `?` lists the keys. */
import { Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from './i18n.ts'

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)
/** ⌘ or Ctrl, as this keyboard says it. */
export const commandKey = apple ? '⌘' : 'Ctrl'

export interface PageKey {
  letter: string
  title: string
  go: () => void
}

/** How long `g` waits for its letter. */
const secondKeyMs = 1200

/** Listens for the keys of the whole app; keys typed into a field stay there. */
export function useKeys(options: { pages: readonly PageKey[]; search: () => void; list: () => void }): void {
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    let waiting = 0
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return latest.current.search()
      }
      if (event.metaKey || event.ctrlKey || event.altKey || inField(event.target)) return
      if (waiting && event.timeStamp - waiting < secondKeyMs) {
        waiting = 0
        const page = latest.current.pages.find(({ letter }) => letter === event.key.toLowerCase())
        if (page) {
          event.preventDefault()
          page.go()
        }
        return
      }
      waiting = event.key === 'g' ? event.timeStamp : 0
      if (event.key === '/') {
        event.preventDefault()
        latest.current.search()
      } else if (event.key === '?') latest.current.list()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}

function inField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

/** The list that `?` shows. */
export function KeyList({ opened, close, pages }: { opened: boolean; close: () => void; pages: readonly PageKey[] }) {
  const { t } = useTexts()
  const lines = [
    { keys: ['/'], title: t('kit:keySearch') },
    { keys: [`${commandKey} S`], title: t('kit:keySave') },
    { keys: ['?'], title: t('kit:keyList') },
    ...pages.map(({ letter, title }) => ({ keys: ['g', letter], title })),
  ]
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('kit:keysTitle')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      <Stack gap={8}>
        {lines.map(({ keys, title }) => (
          <Group key={keys.join(' ')} justify="space-between">
            <Text>{title}</Text>
            <Group gap={6}>
              {keys.map((key, i) => (
                <Group key={key} gap={6}>
                  {i > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('kit:keyThen')}
                    </Text>
                  )}
                  <Kbd>{key}</Kbd>
                </Group>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  )
}

/** An open/closed pair for dialogs. */
export function useOpened(): { opened: boolean; open: () => void; close: () => void } {
  const [opened, setOpened] = useState(false)
  return { opened, open: () => setOpened(true), close: () => setOpened(false) }
}
