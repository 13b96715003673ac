/** What moments gave a member, each with its reason. Stands on the member's page once there is something. */
import { Group, Stack, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { GivenState } from './table.tsx'
import { useMomentWhy } from './words.ts'

/** The newest; more stands with the moment. */
const shown = 4

export function MomentsPart({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const why = useMomentWhy()
  const read = useCall('GET /v1/admin/members/:member_id/moments', { params: { member_id }, query: { limit: shown } })
  const rows = read.data?.data ?? []
  if (rows.length === 0) return null
  return (
    <Section title={t('moments:memberTitle')}>
      <Stack gap={8}>
        {rows.map((row) => (
          <Group key={`${row.moment_id} ${row.occurrence}`} justify="space-between" wrap="nowrap" gap="sm">
            <div>
              <Door to={`/moments/${row.moment_id}`} className="rg-door">
                {nameIn(row.names, language, row.moment_id)}
              </Door>
              <Text size="xs" c="dimmed">
                {why(row.why)}
              </Text>
            </div>
            <GivenState row={row} />
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
