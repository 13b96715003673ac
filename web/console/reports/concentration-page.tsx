/** How much hangs on the best members? */
import { Chart } from '../../kit/chart.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { useCall } from '../../kit/use-call.ts'
import { all, peopleAddress } from '../people.ts'
import { ReportPage } from './report-page.tsx'

export default function ConcentrationPage() {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/reports/concentration')
  return (
    <ReportPage
      name="concentration"
      read={read}
      isEmpty={({ buyers }) => buyers === 0}
      answer={({ top_buyers, buyers, top_share, top_from_minor }) => (
        <Sentence
          text={t('reports:concentration.answer', {
            top: format.number(top_buyers),
            buyers: format.number(buyers),
            share: format.percent(top_share),
            from: format.money(top_from_minor),
          })}
          doors={{
            top:
              top_from_minor === null
                ? undefined
                : peopleAddress(all({ field: 'net_spent', operator: 'at_least', value: top_from_minor })),
          }}
        />
      )}
    >
      {({ curve, top_share }) => (
        <Section>
          <Chart
            kind="line"
            height={340}
            title={t('reports:concentration.chart', { share: format.percent(top_share) })}
            definition={t('reports:concentration.definition')}
            x={{
              name: t('reports:concentration.buyers'),
              values: ['0', ...curve.map(({ buyers }) => format.percent(buyers))],
            }}
            y={{
              name: t('reports:concentration.sales'),
              format: (share) => format.percent(share, 1),
              mark: (share) => format.percent(share),
              max: 1,
            }}
            series={[
              { name: t('reports:concentration.real'), color: 1, values: [0, ...curve.map(({ sales }) => sales)] },
              {
                name: t('reports:concentration.equal'),
                color: 6,
                dashed: true,
                values: [0, ...curve.map(({ buyers }) => buyers)],
              },
            ]}
            download="concentration"
          />
        </Section>
      )}
    </ReportPage>
  )
}
