/** The offers a member holds, and putting another one into their hands. */
import { Group, Stack, Text } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { IssueState, useProgress } from '../offers/table.tsx'
import { useMay } from '../session.tsx'
import { GiveOne } from './give-one.tsx'

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
  const offers = useCall('GET /v1/admin/offers').data?.data.filter((one) => one.status === 'active') ?? []
  const give = async (offer_id: string) => {
    const { data } = await call('POST /v1/admin/offers/:offer_id/issues', {
      params: { offer_id },
      body: { member_ids: [member_id] },
    })
    await touch('offers')
    const { code, params = {} } = data[0]!
    return code ? textOf(`errors:${code}`, code, params) : null
  }
  return (
    <GiveOne
      label={t('offers:give')}
      verb={t('offers:giveVerb')}
      choices={offers.map((one) => ({ value: one.offer_id, label: nameIn(one.names, language, one.offer_id) }))}
      give={give}
    />
  )
}
