/** Some of many, found by typing: what every picker of several shares. */
import { MultiSelect } from '@mantine/core'
import { useTexts } from './i18n.ts'

export interface PickerProps {
  name: string
  label: string
  hint?: string
  value: string[]
  onChange: (value: string[]) => void
  error?: string | undefined
}

export function ManyPicker(
  props: PickerProps & { data: { value: string; label: string }[]; search?: [string, (text: string) => void] },
) {
  const { t } = useTexts()
  const { name, label, hint, value, onChange, error, data, search } = props
  // what is chosen stays in the list, whatever became of it since
  const missing = value.filter((one) => !data.some((option) => option.value === one))
  return (
    <MultiSelect
      name={name}
      label={label}
      description={hint}
      data={[...data, ...missing.map((one) => ({ value: one, label: one }))]}
      value={value}
      onChange={onChange}
      error={error}
      searchable
      hidePickedOptions
      nothingFoundMessage={t('segments:noOptions')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...(search && { searchValue: search[0], onSearchChange: search[1] })}
    />
  )
}
