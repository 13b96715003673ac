/** People, keys and the trail of changes: three pages of one subject. */
import { SegmentedControl } from '@mantine/core'
import { useGo } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useMay } from '../session.tsx'

const tabs = [
  { value: 'people', to: '/staff', permission: 'staff:read' },
  { value: 'keys', to: '/keys', permission: 'keys:read' },
  { value: 'audit', to: '/audit', permission: 'audit:read' },
] as const

export function StaffTabs({ shown }: { shown: (typeof tabs)[number]['value'] }) {
  const { t } = useTexts()
  const may = useMay()
  const go = useGo()
  const open = tabs.filter(({ permission }) => may(permission))
  if (open.length < 2) return null
  return (
    <SegmentedControl
      value={shown}
      aria-label={t('staff:title')}
      w="fit-content"
      data={open.map(({ value }) => ({ value, label: t(`staff:tabs.${value}`) }))}
      onChange={(value) => go(open.find((tab) => tab.value === value)?.to ?? '/staff')}
    />
  )
}
