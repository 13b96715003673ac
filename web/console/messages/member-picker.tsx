/** Finds one member by name, phone, e-mail or card. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTexts } from '../../kit/i18n.ts'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { useCall } from '../../kit/use-call.ts'

interface MemberPickerProps {
  label: string
  placeholder: string
  value: string | null
  onChange: (member_id: string | null) => void
}

/** As many as fit under a field. */
const offeredMax = 12

export function MemberPicker({ label, placeholder, value, onChange }: MemberPickerProps) {
  const { t } = useTexts()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null)
  const [search] = useDebouncedValue(typed.trim(), typingPauseMs)
  // the name of who was chosen stands in the field: that is no search
  const asked = search && search !== chosen?.label ? { search } : {}
  const read = useCall('GET /v1/admin/members', { query: { limit: offeredMax, ...asked } })
  const found = (read.data?.data ?? []).map((row) => ({
    value: row.member_id,
    label: [row.display_name ?? t('messages:unnamed'), row.email ?? row.phone].filter(Boolean).join(' · '),
  }))
  const data = chosen && !found.some((one) => one.value === chosen.value) ? [chosen, ...found] : found
  return (
    <Select
      label={label}
      placeholder={placeholder}
      value={value}
      data={data}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      // the server searched, also by pinyin: nothing is filtered again
      filter={({ options }) => options}
      nothingFoundMessage={t('kit:none')}
      onChange={(member_id) => {
        setChosen(data.find((one) => one.value === member_id) ?? null)
        onChange(member_id)
      }}
    />
  )
}
