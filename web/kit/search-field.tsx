/** A search that never waits: what is typed shows at once, asking follows when the hand rests. */
import { ActionIcon, Loader, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from './i18n.ts'
import { Icon } from './icons.tsx'

/** A fast typist's gap between keys is under 150 ms; asking earlier only asks for halves of words. */
export const typingPauseMs = 150

export interface SearchFieldProps {
  value: string
  onChange: (text: string) => void
  placeholder: string
  busy?: boolean
}

export function SearchField({ value, onChange, placeholder, busy }: SearchFieldProps) {
  const { t } = useTexts()
  const [text, setText] = useState(value)
  const told = useRef(value)
  const tell = useDebouncedCallback((wanted: string) => {
    told.current = wanted
    onChange(wanted)
  }, typingPauseMs)
  useEffect(() => {
    // somebody else changed it (Back, a cleared filter), not the echo of our own telling
    if (value !== told.current) {
      told.current = value
      setText(value)
    }
  }, [value])
  const type = (wanted: string) => {
    setText(wanted)
    tell(wanted)
  }
  const clear = (
    <ActionIcon variant="transparent" color="gray" aria-label={t('kit:clear')} onClick={() => type('')}>
      <Icon name="close" size={14} />
    </ActionIcon>
  )
  return (
    <TextInput
      type="search"
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      placeholder={placeholder}
      aria-label={placeholder}
      leftSection={<Icon name="search" size={16} />}
      flex={1}
      miw={160}
      maw={{ base: '100%', sm: 360 }}
      rightSection={busy ? <Loader size={14} color="gray" /> : text ? clear : null}
      autoComplete="off"
      spellCheck={false}
    />
  )
}
