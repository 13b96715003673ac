/** The last ten members one opened: one click back. Nothing while none was. */
import { Group, ScrollArea, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import classes from './members.module.css'

export function LastSeen() {
  const { t } = useTexts()
  const seen = useCall('GET /v1/admin/members/seen').data?.data ?? []
  if (seen.length === 0) return null
  return (
    <ScrollArea type="never">
      <Group gap={8} wrap="nowrap" component="nav" aria-label={t('members:seen')}>
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {t('members:seen')}
        </Text>
        {seen.map(({ member_id, display_name, phone, email }) => (
          <Door key={member_id} to={`/members/${member_id}`} className={classes.seen}>
            {display_name ?? phone ?? email ?? t('members:unnamed')}
          </Door>
        ))}
      </Group>
    </ScrollArea>
  )
}
