/** Tiers to choose from. */
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { ManyPicker, type PickerProps } from '../../kit/many-picker.tsx'
import { useCall } from '../../kit/use-call.ts'

/** Tiers by name, lowest first; what is kept of them is their code. */
export function TierPicker(props: PickerProps) {
  const { language } = useTexts()
  const tiers = useCall('GET /v1/admin/tiers').data?.data ?? []
  return (
    <ManyPicker
      {...props}
      data={tiers.map(({ code, names }) => ({ value: code, label: nameIn(names, language, code) }))}
    />
  )
}
