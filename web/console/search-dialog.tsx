/** `/` from anywhere: members by a few letters, orders by number; segments, campaigns, templates, pages by name. */
import { Group, Loader, Modal, Text, TextInput } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import { useGo } from '../kit/door.tsx'
import { useTexts } from '../kit/i18n.ts'
import { Icon } from '../kit/icons.tsx'
import type { NavigationGroup } from './navigation.ts'
import classes from './search-dialog.module.css'
import { useFound, type Found } from './search-found.ts'

export function SearchDialog({
  opened,
  close,
  groups,
}: {
  opened: boolean
  close: () => void
  groups: NavigationGroup[]
}) {
  const { t } = useTexts()
  return (
    <Modal.Root opened={opened} onClose={close} size={560} yOffset="12vh" centered={false} padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('shell:searchAll')}>
        <Search close={close} groups={groups} />
      </Modal.Content>
    </Modal.Root>
  )
}

function Search({ close, groups }: { close: () => void; groups: NavigationGroup[] }) {
  const { t } = useTexts()
  const go = useGo()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const { found, busy } = useFound(text.trim(), groups)
  const open = (one: Found | undefined) => {
    if (!one) return
    close()
    go(one.to)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && found.length > 0) {
      event.preventDefault()
      setChosen((chosen + step + found.length) % found.length)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) open(found[chosen])
  }
  return (
    <div onKeyDown={press}>
      <TextInput
        value={text}
        variant="unstyled"
        size="lg"
        className={classes.field}
        placeholder={t('shell:searchPlaceholder')}
        aria-label={t('shell:searchAll')}
        data-autofocus
        leftSection={<Icon name="search" />}
        autoComplete="off"
        spellCheck={false}
        rightSection={busy ? <Loader size={16} color="gray" /> : null}
        role="combobox"
        aria-expanded
        aria-controls="found"
        aria-activedescendant={found[chosen] ? `found-${chosen}` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
      />
      <div id="found" role="listbox" aria-label={t('kit:search')} className={classes.found}>
        {found.map((one, i) => (
          <div
            key={one.to}
            id={`found-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={classes.one}
            onPointerMove={() => setChosen(i)}
            onClick={() => open(one)}
          >
            <Icon name={one.icon} />
            <Text span fw={550} truncate>
              {one.title}
            </Text>
            <Text span c="dimmed" size="sm" truncate ml="auto">
              {one.detail}
            </Text>
          </div>
        ))}
      </div>
      {found.length === 0 && !busy && (
        <Group p="md">
          <Text c="dimmed">{text ? t('shell:searchNothing', { search: text }) : t('shell:searchHint')}</Text>
        </Group>
      )}
    </div>
  )
}
