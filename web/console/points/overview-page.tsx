/** What is owed in points, by which rule, and what ends next? */
import { SimpleGrid, Table, Text } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { colorOf } from '../../kit/palette.ts'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { all, peopleAddress } from '../people.ts'
import { RuleVersions } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { returnOf, type Overview } from './rule-values.ts'
import { usePoolLine } from './pool-words.ts'
import { useRuleLine, useRuleLines } from './rule-words.ts'
import { useSpendLines } from './spending-words.ts'
import { useTransferLine } from './transfer-words.ts'

const holding = (field: string) => peopleAddress(all({ field, operator: 'more_than', value: 0 }))
/** Who loses points if they do not spend them between these days. */
const losing = (from: string, to: string) =>
  peopleAddress(
    all({ field: 'points_expiring', operator: 'more_than', value: 0, measure: 'sum', within: { from, to } }),
  )

export default function PointsPage() {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/points/overview')
  const line = useRuleLine()
  const versions = useList('GET /v1/admin/point-rules')
  const inForce = versions.rows?.find((version) => version.in_force)
  return (
    <Page
      title={t('points:title')}
      question={t('points:question')}
      as_of={read.data ? read.dataUpdatedAt : null}
      answer={
        read.data ? <Answer overview={read.data} /> : read.isPending ? <TextSkeleton lines={2} width={520} /> : null
      }
      action={
        may('rules:write') && (
          <PrimaryAction label={inForce ? t('points:change') : t('points:begin')} icon="edit" to="/points/rule" />
        )
      }
    >
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <InForce version={inForce} isPending={versions.read.isPending} value={read.data?.point_value_minor} />
        <Spending />
        <Transfers />
        <Pools />
        <Section title={t('points:expiries.title')} hint={t('points:expiries.hint')}>
          {read.data ? <Expiries overview={read.data} /> : <BlockSkeleton height={160} />}
        </Section>
      </SimpleGrid>
      {may('reports:read') && (
        <Section>
          <ByAge />
        </Section>
      )}
      <Section title={t('points:versions.title')} hint={t('points:versions.hint')} bare>
        <RuleVersions list={versions} line={({ rule }) => line(rule)} callOff={callOff} />
      </Section>
    </Page>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/point-rules/:version/call-off', { params: { version } })
  await touch('point-rules', 'points')
}

function Answer({ overview }: { overview: Overview }) {
  // Chinese sentences follow each other without a space
  const { t, language } = useTexts()
  const format = useFormat()
  const { active, pending, debt, members_active } = overview
  if (active + pending + debt === 0) return t('points:answerNone')
  const texts = [
    t('points:answer', {
      points: format.points(active + pending),
      members: format.number(members_active),
      worth: format.money(overview.liability_minor),
    }),
    pending > 0 ? t('points:answerPending', { pending: format.points(pending) }) : '',
    debt > 0 ? t('points:answerDebt', { debt: format.points(debt) }) : '',
  ]
  return (
    <Sentence
      text={texts.filter(Boolean).join(language === 'en' ? ' ' : '')}
      doors={{ members: holding('points_active'), pending: holding('points_pending'), debt: holding('points_debt') }}
    />
  )
}

function InForce(props: {
  version: { rule: Parameters<ReturnType<typeof useRuleLines>>[0] } | undefined
  isPending: boolean
  value: number | undefined
}) {
  const { t } = useTexts()
  const format = useFormat()
  const lines = useRuleLines()
  const { version, isPending, value } = props
  return (
    <Section title={t('points:inForce')}>
      {isPending && <TextSkeleton lines={6} />}
      {!isPending && !version && <Empty icon="points" title={t('points:noRule')} hint={t('points:noRuleHint')} />}
      {version && (
        <Table withRowBorders={false} verticalSpacing={5} horizontalSpacing={0}>
          <Table.Tbody>
            {lines(version.rule).map(({ label, text }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" fw={400} c="dimmed" w="38%" style={{ verticalAlign: 'top' }}>
                  {label}
                </Table.Th>
                <Table.Td>{text}</Table.Td>
              </Table.Tr>
            ))}
            {value !== undefined && (
              <Table.Tr>
                <Table.Th scope="row" fw={400} c="dimmed">
                  {t('points:form.return')}
                </Table.Th>
                <Table.Td fw={600}>{format.percent(returnOf(version.rule, value), 2)}</Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  )
}

/** What points pay, beside how they are earned: both together are what the member feels. */
function Spending() {
  const { t } = useTexts()
  const lines = useSpendLines()
  const read = useCall('GET /v1/admin/point-spend-rules')
  const rule = read.data?.data.find((version) => version.in_force)?.rule
  return (
    <Section title={t('points:spending.title')} hint={t('points:spending.hint')}>
      {!read.data && <TextSkeleton lines={4} />}
      {read.data && !rule && (
        <Empty icon="points" title={t('points:spending.none')} hint={t('points:spending.noneHint')} />
      )}
      {rule && (
        <Table withRowBorders={false} verticalSpacing={5} horizontalSpacing={0}>
          <Table.Tbody>
            {lines(rule).map(({ label, text }) => (
              <Table.Tr key={label}>
                <Table.Th scope="row" fw={400} c="dimmed" w="38%" style={{ verticalAlign: 'top' }}>
                  {label}
                </Table.Th>
                <Table.Td>{text}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Door to="/points/spending">{t('points:spending.change')}</Door>
    </Section>
  )
}

/** Whether members may give points to each other. */
function Transfers() {
  const { t } = useTexts()
  const line = useTransferLine()
  const read = useCall('GET /v1/admin/point-transfer-rules')
  const rule = read.data?.data.find((version) => version.in_force)?.rule
  return (
    <Section title={t('points:transfers.title')} hint={t('points:transfers.hint')}>
      {read.data ? (
        <Text size="sm">{rule ? line(rule) : t('points:transfers.none')}</Text>
      ) : (
        <TextSkeleton lines={1} />
      )}
      <Door to="/points/transfers">{t('points:transfers.change')}</Door>
    </Section>
  )
}

/** Whether members share what they may spend. */
function Pools() {
  const { t } = useTexts()
  const line = usePoolLine()
  const read = useCall('GET /v1/admin/point-pool-rules')
  const rule = read.data?.data.find((version) => version.in_force)?.rule
  return (
    <Section title={t('points:pools.title')} hint={t('points:pools.hint')}>
      {read.data ? <Text size="sm">{rule ? line(rule) : t('points:pools.none')}</Text> : <TextSkeleton lines={1} />}
      <Door to="/points/pools">{t('points:pools.change')}</Door>
    </Section>
  )
}

function Expiries({ overview }: { overview: Overview }) {
  const { t } = useTexts()
  const format = useFormat()
  const { next_expiries: rows, point_value_minor } = overview
  if (rows.length === 0)
    return <Empty icon="clock" title={t('points:expiries.none')} hint={t('points:expiries.noneHint')} />
  return (
    <Table verticalSpacing={6} horizontalSpacing={4} aria-label={t('points:expiries.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('points:expiries.until')}</Table.Th>
          <Table.Th scope="col" ta="right">
            {t('points:expiries.points')}
          </Table.Th>
          <Table.Th scope="col" ta="right">
            {t('points:expiries.worth')}
          </Table.Th>
          <Table.Th scope="col" ta="right">
            {t('points:expiries.members')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.first_on}>
            <Table.Th scope="row" fw={400}>
              {row.first_on === row.last_on ? format.day(row.last_on) : format.month(row.last_on)}
            </Table.Th>
            <Table.Td ta="right" className="rg-figures">
              {format.points(row.points)}
            </Table.Td>
            <Table.Td ta="right" className="rg-figures">
              {format.money(Math.round(row.points * point_value_minor))}
            </Table.Td>
            <Table.Td ta="right">
              <NumberDoor value={format.number(row.members)} to={losing(row.first_on, row.last_on)} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function ByAge() {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/reports/points')
  if (read.isError && !read.data) return <Failed error={read.error} retry={() => void read.refetch()} />
  if (!read.data) return <BlockSkeleton height={300} />
  const { by_age } = read.data
  const total = by_age.reduce((sum, month) => sum + month.remaining, 0)
  // the newest quarter against all: is what is owed young or old?
  const young = by_age.slice(-3).reduce((sum, month) => sum + month.remaining, 0)
  if (total === 0) return <Text c="dimmed">{t('points:ageNone')}</Text>
  return (
    <Chart
      kind="bar"
      title={t('points:ageTitle', { share: format.percent(young / total) })}
      definition={t('points:ageDefinition')}
      x={{ name: t('points:ageMonth'), values: by_age.map(({ earned_month }) => format.month(earned_month)) }}
      y={{ name: t('points:title'), format: format.points, mark: format.short }}
      series={[
        { name: t('points:ageLeft'), color: colorOf['owed'], values: by_age.map(({ remaining }) => remaining) },
      ]}
      height={240}
      download="points-by-age"
    />
  )
}
