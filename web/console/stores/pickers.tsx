/** Stores to choose from. */
import { ManyPicker, type PickerProps } from '../../kit/many-picker.tsx'
import { useCall } from '../../kit/use-call.ts'

/** Stores by name; what is kept of them is their id. */
export function StorePicker(props: PickerProps) {
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  return <ManyPicker {...props} data={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))} />
}
