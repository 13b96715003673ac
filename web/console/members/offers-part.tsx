/** The offers a member holds, and putting another one into their hands. */
import { Button, Group, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { problemSentence } from '../../kit/problem.ts'
import { useCall } from '../../kit/use-call.ts'
import { IssueState, useProgress } from '../offers/table.tsx'
import { useMay } from '../session.tsx'

/** As many as one reads at a glance. */
const shown = 5

export function OffersPart({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const may = useMay()
  const progress = useProgress()
  const read = useCall('GET /v1/admin/members/:member_id/offers', { params: { member_id }, query: { limit: shown } })
  const rows = read.data?.data ?? []
  const gives = may('offers:write')
  if (!gives && rows.length === 0) return null
  return (
    <Section title={t('offers:title')}>
      <Stack gap="sm">
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('offers:memberNone')}
          </Text>
        )}
        {rows.map((row) => (
          <Group key={row.issue_id} justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
            <div>
              <Door to={`/offers/${row.offer_id}`}>{nameIn(row.names, language, row.offer_id)}</Door>
              <Text size="xs" c="dimmed">
                {row.closes_at ? t('offers:untilMoment', { until: format.moment(row.closes_at) }) : t('offers:noEnd')}
              </Text>
            </div>
            <div style={{ textAlign: 'right' }}>
              <IssueState state={row.state} />
              <Text size="xs" c="dimmed">
                {progress(row)}
              </Text>
            </div>
          </Group>
        ))}
        {gives && <GiveOffer member_id={member_id} />}
      </Stack>
    </Section>
  )
}

function GiveOffer({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const [offer_id, choose] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  const offers = useCall('GET /v1/admin/offers').data?.data.filter((one) => one.status === 'active') ?? []
  if (offers.length === 0) return null
  const give = async () => {
    try {
      const { data } = await call('POST /v1/admin/offers/:offer_id/issues', {
        params: { offer_id: offer_id! },
        body: { member_ids: [member_id] },
      })
      setError(data[0]?.code ?? null)
      choose(null)
      await touch('offers')
    } catch (thrown) {
      setError(problemSentence(thrown))
    }
  }
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Select
        size="xs"
        style={{ flex: 1 }}
        label={t('offers:give')}
        data={offers.map((one) => ({ value: one.offer_id, label: nameIn(one.names, language, one.offer_id) }))}
        value={offer_id}
        onChange={choose}
        error={error}
      />
      <Button size="xs" variant="default" disabled={offer_id === null} onClick={() => void give()}>
        {t('offers:giveVerb')}
      </Button>
    </Group>
  )
}
