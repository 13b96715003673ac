/** Which members may be one person? A human judges; each pair leads to the merge that first says what it would do. */
import { Button, Group, Stack, Text } from '@mantine/core'
import type { Row } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Empty, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'

type Double = Row<'GET /v1/admin/members/duplicates'>

export default function DuplicatesPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/members/duplicates', {})
  return (
    <Page
      title={t('members:doubles.title')}
      question={t('members:doubles.question')}
      above={[{ title: t('members:title'), to: '/members' }]}
    >
      {read.isError && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={320} />}
      {read.data?.data.length === 0 && (
        <Empty icon="members" title={t('members:doubles.none')} hint={t('members:doubles.noneHint')} />
      )}
      <Stack gap="lg">
        {read.data?.data.map((one) => (
          <Likely key={`${one.clue} ${one.members.map((row) => row.member_id).join()}`} one={one} />
        ))}
      </Stack>
    </Page>
  )
}

function Likely({ one: { clue, members } }: { one: Double }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [kept, other] = members
  return (
    <Section title={t(`members:doubles.clues.${clue}`)}>
      <Stack gap="xs">
        {members.map((row) => (
          <Group key={row.member_id} gap="sm" wrap="wrap">
            <Door to={`/members/${row.member_id}`} className="rg-plain">
              <Text span fw={600}>
                {row.display_name ?? row.phone ?? row.email ?? t('members:unnamed')}
              </Text>
            </Door>
            <Text span size="sm" c="dimmed">
              {[t('members:number', { number: row.number }), row.phone, row.email, format.money(row.net_minor)]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          </Group>
        ))}
        {kept && other && may('members:merge') && (
          <Group>
            <Button
              variant="default"
              size="compact-sm"
              component={Door}
              to={`/members/${kept.member_id}?do=merge&with=${other.number}`}
            >
              {t('members:doubles.compare')}
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  )
}
