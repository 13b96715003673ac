/** Do members who came in one month keep coming back? One row a month of first purchase, one cell a month after. */
import { SegmentedControl, Text } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Answer, Input } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { CohortHeat } from './cohort-heat.tsx'
import { ReportPage } from './report-page.tsx'

export type Cohort = Answer<'GET /v1/admin/reports/cohorts'>['data'][number]
type Activity = 'orders' | 'lines'

export default function CohortsPage() {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const activity: Activity = address['activity'] === 'lines' ? 'lines' : 'orders'
  const asked: Input<'GET /v1/admin/reports/cohorts'> = { query: { activity } }
  const read = useCall('GET /v1/admin/reports/cohorts', asked)
  return (
    <ReportPage
      name="cohorts"
      read={read}
      isEmpty={({ data }) => data.length === 0}
      download={{ activity }}
      answer={({ data }) => <CohortsAnswer cohorts={data} />}
      controls={
        <SegmentedControl
          size="xs"
          value={activity}
          onChange={(value) => setAddress({ activity: value === 'lines' ? value : null })}
          aria-label={t('reports:cohorts.convention')}
          data={(['orders', 'lines'] as const).map((value) => ({ value, label: t(`reports:cohorts.${value}`) }))}
        />
      }
    >
      {({ data }) => (
        <Section
          title={t('reports:cohorts.table')}
          hint={activity === 'lines' ? t('reports:cohorts.definitionLines') : t('reports:cohorts.definitionOrders')}
        >
          <CohortHeat cohorts={data} activity={activity} />
          <Text size="sm" c="dimmed" mt="sm">
            {t('reports:cohorts.partial')}
          </Text>
        </Section>
      )}
    </ReportPage>
  )
}

/** The month after the first, over all who can have had one that is over. */
function CohortsAnswer({ cohorts }: { cohorts: Cohort[] }) {
  const { t } = useTexts()
  const format = useFormat()
  // the last month of all is still running
  const over = cohorts.filter(({ active }) => active.length >= 2)
  const size = over.reduce((sum, cohort) => sum + cohort.size, 0)
  if (size === 0) return t('reports:cohorts.answerNone')
  const again = over.reduce((sum, cohort) => sum + (cohort.active[0] ?? 0), 0)
  const rate = (cohort: Cohort) => (cohort.active[0] ?? 0) / cohort.size
  // a month of a handful of newcomers says nothing about the best
  const sizable = over.filter((cohort) => cohort.size * over.length >= size / 2)
  const best = sizable.reduce((top, cohort) => (rate(cohort) > rate(top) ? cohort : top), sizable[0]!)
  return t('reports:cohorts.answer', {
    share: format.percent(again / size),
    best: format.percent(rate(best)),
    best_month: format.month(best.cohort),
  })
}
