/** Are more members coming than drifting away? States over time, and who moved. */
import { Table, Text } from '@mantine/core'
import type { Answer } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { colorOf } from '../../kit/palette.ts'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { MemberState } from '../members/table.tsx'
import { stateNames } from '../members/words.ts'
import { all, inStates, peopleAddress } from '../people.ts'
import { useMay } from '../session.tsx'
import { ReportPage, useRange } from './report-page.tsx'
import classes from './report-page.module.css'

type Flow = Answer<'GET /v1/admin/reports/flow'>

/** In the states in which a member buys within their rhythm. */
const within = ['new', 'active', 'back'] as const

export default function FlowPage() {
  const range = useRange()
  const { from, to } = range
  const read = useCall('GET /v1/admin/reports/flow', { query: { from, to } })
  return (
    <ReportPage
      name="flow"
      read={read}
      controls={range.control}
      download={{ from, to }}
      isEmpty={(flow) => stateNames.every((state) => !flow.now[state])}
      answer={(flow) => <FlowAnswer flow={flow} />}
    >
      {(flow) => (
        <>
          <Section>
            <FlowChart flow={flow} />
          </Section>
          <Moves flow={flow} />
        </>
      )}
    </ReportPage>
  )
}

function sumWithin(counts: Record<string, number>): number {
  return within.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
}

function FlowAnswer({ flow }: { flow: Flow }) {
  const { t } = useTexts()
  const format = useFormat()
  const { drowsy, asleep, lost } = flow.now
  return (
    <Sentence
      text={t('reports:flow.answer', {
        active: format.number(sumWithin(flow.now)),
        drowsy: format.number(drowsy ?? 0),
        asleep: format.number(asleep ?? 0),
        lost: format.number(lost ?? 0),
      })}
      doors={{
        active: peopleAddress(all(inStates(...within))),
        drowsy: peopleAddress(all(inStates('drowsy'))),
        asleep: peopleAddress(all(inStates('asleep'))),
        lost: peopleAddress(all(inStates('lost'))),
      }}
    />
  )
}

function FlowChart({ flow }: { flow: Flow }) {
  const { t } = useTexts()
  const format = useFormat()
  const [first, last] = [flow.points[0], flow.points.at(-1)]
  const change = first && last ? sumWithin(last.counts) - sumWithin(first.counts) : 0
  const word = change > 0 ? 'more' : change < 0 ? 'less' : 'same'
  return (
    <Chart
      kind="stack"
      height={340}
      title={t(`reports:flow.${word}`, { change: format.number(Math.abs(change)), day: format.day(first?.day) })}
      definition={<Definition />}
      x={{ name: t('reports:flow.day'), values: flow.points.map(({ day }) => format.day(day)) }}
      y={{ name: t('reports:members'), format: format.number, mark: format.short }}
      series={stateNames.map((state) => ({
        name: t(`members:states.${state}`),
        color: colorOf[state],
        values: flow.points.map(({ counts }) => counts[state] ?? 0),
      }))}
      to={(series, point) => {
        // the past cannot be listed; only the last reading can
        const state = stateNames[series]
        return state && point === flow.points.length - 1 ? peopleAddress(all(inStates(state))) : undefined
      }}
      download="flow"
    />
  )
}

/** The rule with the program's own multiples, for those who may see its settings. */
function Definition() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const program = useCall('GET /v1/admin/program', {}, { enabled: may('program:read') }).data
  if (!program) return t('reports:flow.definitionPlain')
  const { drowsy, asleep, lost } = program.settings.rhythm
  return t('reports:flow.definition', {
    drowsy: format.number(drowsy),
    asleep: format.number(asleep),
    lost: format.number(lost),
  })
}

function Moves({ flow }: { flow: Flow }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Section title={t('reports:flow.moves')} hint={t('reports:flow.movesHint')}>
      {flow.moves.length === 0 ? (
        <Empty icon="reports" title={t('reports:flow.noMoves')} />
      ) : (
        <Table.ScrollContainer minWidth={260} type="native" tabIndex={0}>
          <Table
            verticalSpacing={6}
            horizontalSpacing={6}
            maw={560}
            className={classes.plain}
            aria-label={t('reports:flow.moves')}
          >
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('reports:flow.from')}</Table.Th>
                <Table.Th scope="col">{t('reports:flow.to')}</Table.Th>
                <Table.Th scope="col" ta="right">
                  {t('reports:members')}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {flow.moves.map(({ from, to, members }) => (
                <Table.Tr key={`${from}-${to}`}>
                  <Table.Td>
                    {from ? (
                      <MemberState state={from} />
                    ) : (
                      <Text span c="dimmed">
                        {t('reports:flow.first')}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <MemberState state={to} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <NumberDoor value={format.number(members)} to={peopleOf(flow, from, to)} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  )
}

/** Who moved so in the report's period. */
function peopleOf({ from, to }: Flow, was: string | null, became: string): string {
  return `/reports/flow/people?${new URLSearchParams({ from, to, became, ...(was ? { was } : {}) })}`
}
