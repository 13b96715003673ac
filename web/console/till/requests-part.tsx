/** What clerks ask for at this moment: a manager who looks at this page answers here, as on a counter. */
import { Button, Group, Stack, Text } from '@mantine/core'
import type { Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'

type Request = Row<'GET /v1/admin/till-approval-requests'>

/** A customer stands at the desk meanwhile. */
const every_ms = 2_000

export function RequestsPart() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/till-approval-requests', {}, { every_ms, fresh_ms: 0 })
  const rows = read.data?.data ?? []
  return (
    // it is there before it says something, so that what appears is read aloud
    <div role="status">
      {rows.length > 0 && (
        <Section title={t('counter:asked')}>
          <Stack gap="md">
            {rows.map((one) => (
              <Asked key={one.request_id} one={one} />
            ))}
          </Stack>
        </Section>
      )}
    </div>
  )
}

function Asked({ one }: { one: Request }) {
  const { t } = useTexts()
  const format = useFormat()
  const decide = useWrite('POST /v1/admin/till-approval-requests/:request_id/decision')
  const { request_id, kind, amount, asked_by_name: clerk, display_name, store_name, asked_at } = one
  const isMoney = kind === 'refunds' || kind === 'top_ups'
  const what = t(`counter:askedFor.${kind}`, {
    count: amount,
    amount: isMoney ? format.money(amount) : format.points(amount),
  })
  const answer = (allow: boolean) => () => decide.mutate({ params: { request_id }, body: { allow } })
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{t('counter:askedBy', { clerk, what })}</Text>
          <Text size="sm" c="dimmed" component="div">
            {[display_name, store_name].filter(Boolean).join(' · ')} <Moment at={asked_at} />
          </Text>
        </div>
        <Group gap="xs">
          <Button disabled={decide.isPending} onClick={answer(true)}>
            {t('counter:allow')}
          </Button>
          <Button variant="default" disabled={decide.isPending} onClick={answer(false)}>
            {t('counter:refuse')}
          </Button>
        </Group>
      </Group>
      {decide.error && <Refused error={decide.error} />}
    </Stack>
  )
}
