/**
 * A chart carries its conclusion as its title, names its series where they are, shows empty periods as empty, and has a
 * table view with the same figures, which is also what screen readers get.
 */
import { Box, Group, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { csvOf, saveFile } from './download.ts'
import { Door } from './door.tsx'
import { nothing } from './format.ts'
import { useTexts } from './i18n.ts'
import { Icon } from './icons.tsx'
import { BlockSkeleton, Empty } from './states.tsx'
import classes from './chart.module.css'

const ChartCanvas = lazy(() => import('./chart-canvas.tsx'))

export interface Series {
  name: string
  /** One a category; null where nothing is known (drawn as a gap, never as zero). */
  values: readonly (number | null)[]
  /** Index into the palette (`colorOf.active`); in order unless given. */
  color?: number | undefined
  /** Dashed: a plan, an expectation, a comparison. */
  dashed?: boolean
}

export interface ChartProps {
  kind: 'line' | 'area' | 'bar' | 'stack'
  /** The conclusion: "Repurchase within 90 days rose to 41 %". */
  title: string
  /** The definition of what is drawn, in one line. */
  definition?: ReactNode
  /** What runs along the bottom: name, and each category as people read it. */
  x: { name: string; values: readonly string[] }
  /** What the values are: name of the axis, how a value and how an axis mark is written. */
  y: { name: string; format: (value: number) => string; mark?: (value: number) => string; max?: number }
  series: readonly Series[]
  height?: number
  /** Bars run from left to right: for long names. */
  horizontal?: boolean
  /** The page behind a value. */
  to?: ((series: number, category: number) => string | undefined) | undefined
  /** File name of the table's download, without ending. */
  download?: string
}

export function Chart(props: ChartProps) {
  const { t } = useTexts()
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const height = props.height ?? 280
  const known = props.series.some(({ values }) => values.some((value) => value !== null))
  return (
    <figure className={classes.figure}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="xs" gap="sm">
        <Box component="figcaption">
          <Title order={3}>{props.title}</Title>
          {props.definition && (
            <Text size="sm" c="dimmed">
              {props.definition}
            </Text>
          )}
        </Box>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(chosen) => setView(chosen as 'chart' | 'table')}
          className={classes.views}
          data={[
            { value: 'chart', label: <View icon="chart" label={t('kit:chartView')} /> },
            { value: 'table', label: <View icon="table" label={t('kit:tableView')} /> },
          ]}
        />
      </Group>
      {!known && (
        <Box h={height}>
          <Empty icon="chart" title={t('kit:noFigures')} />
        </Box>
      )}
      {known && view === 'chart' && (
        <>
          <Box h={height} aria-hidden="true">
            <Suspense fallback={<BlockSkeleton height={height} />}>
              <ChartCanvas {...props} height={height} />
            </Suspense>
          </Box>
          <div className="rg-hidden">
            <FiguresTable {...props} />
          </div>
        </>
      )}
      {known && view === 'table' && <ChartTable {...props} />}
    </figure>
  )
}

function View({ icon, label }: { icon: 'chart' | 'table'; label: string }) {
  return (
    <span title={label} className={classes.view}>
      <Icon name={icon} size={15} />
      <span className="rg-hidden">{label}</span>
    </span>
  )
}

function ChartTable(props: ChartProps) {
  const { t } = useTexts()
  const { x, series } = props
  const save = () =>
    saveFile(
      `${props.download ?? 'chart'}.csv`,
      csvOf(
        [x.name, ...series.map(({ name }) => name)],
        x.values.map((value, i) => [value, ...series.map(({ values }) => values[i] ?? null)]),
      ),
    )
  return (
    <>
      <Table.ScrollContainer minWidth={320} type="native" mah={420} tabIndex={0}>
        <FiguresTable {...props} visible />
      </Table.ScrollContainer>
      <button type="button" className={classes.save} onClick={save}>
        <Icon name="download" size={14} /> {t('kit:download')}
      </button>
    </>
  )
}

/** The chart's figures as a table: what the eye gets by a switch, a screen reader always. */
function FiguresTable({ title, x, y, series, to, visible }: ChartProps & { visible?: boolean }) {
  const cell = (value: number | null, s: number, i: number) => {
    const text = value === null ? nothing : y.format(value)
    const address = value === null || !visible ? undefined : to?.(s, i)
    return address ? (
      <Door to={address} className="rg-door">
        {text}
      </Door>
    ) : (
      text
    )
  }
  return (
    <Table stickyHeader={visible ?? false} className={classes.table}>
      <caption className="rg-hidden">{title}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{x.name}</Table.Th>
          {series.map(({ name }) => (
            <Table.Th key={name} scope="col" ta="right">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {x.values.map((category, i) => (
          <Table.Tr key={i}>
            <Table.Th scope="row" fw={400}>
              {category}
            </Table.Th>
            {series.map(({ name, values }, s) => (
              <Table.Td key={name} ta="right">
                {cell(values[i] ?? null, s, i)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
