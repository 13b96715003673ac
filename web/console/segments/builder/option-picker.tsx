/** One or several options of a field: fixed ones, or a list that is fetched and searched. */
import { MultiSelect, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { Input } from '../../../kit/call.ts'
import { useTexts } from '../../../kit/i18n.ts'
import { typingPauseMs } from '../../../kit/search-field.tsx'
import { useCall } from '../../../kit/use-call.ts'
import type { PartEntry, Value } from '../condition.ts'
import type { Words } from '../words.ts'
import classes from './builder.module.css'

type ListName = NonNullable<Input<'GET /v1/admin/segments/options'>['query']>['list']

interface OptionPickerProps {
  part: PartEntry
  value: Value
  onChange: (value: Value) => void
  words: Words
  many: boolean
}

/** Lists change seldom; a picker opened twice should not ask twice. */
const freshMs = 60_000

export function OptionPicker({ part, value, onChange, words, many }: OptionPickerProps) {
  const { t, language } = useTexts()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), typingPauseMs)
  const list = typeof part.options === 'string' ? (part.options as ListName) : null
  const read = useCall(
    'GET /v1/admin/segments/options',
    { query: { list: list ?? 'tags', language, ...(search ? { search } : {}) } },
    { enabled: list !== null, fresh_ms: freshMs },
  )
  const offered =
    list === null
      ? (Array.isArray(part.options) ? part.options : []).map((one) => ({
          value: one,
          label: words.option(part, one),
        }))
      : (read.data?.data ?? []).map((one) => ({
          value: one.value,
          label: one.label ?? words.option(part, one.value),
        }))
  const chosen = (Array.isArray(value) ? value : value === null ? [] : [value]).filter(
    (one): one is string => typeof one === 'string',
  )
  // what is chosen stays choosable, also while a search hides it
  const missing = chosen.filter((one) => !offered.some((option) => option.value === one))
  const data = [...offered, ...missing.map((one) => ({ value: one, label: words.option(part, one) }))]
  const shared = {
    className: classes.value ?? '',
    'aria-label': `${words.field(part.name)}: ${t('segments:value')}`,
    data,
    searchable: true,
    nothingFoundMessage: t('segments:noOptions'),
    maxDropdownHeight: 320,
    ...(list && (read.data?.more || search) ? { searchValue: typed, onSearchChange: setTyped } : {}),
    placeholder: chosen.length > 0 ? '' : read.data?.more ? t('segments:pickMore') : t('segments:pickOption'),
  }
  if (many)
    return (
      <MultiSelect
        {...shared}
        classNames={{ inputField: classes.typed ?? '' }}
        value={chosen}
        onChange={onChange}
        hidePickedOptions
      />
    )
  return <Select {...shared} value={chosen[0] ?? null} onChange={onChange} />
}
