/** The drawing itself: ECharts core with the SVG renderer, loaded when a chart is shown. */
import { useComputedColorScheme } from '@mantine/core'
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ECharts } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartProps, Series } from './chart.tsx'
import { useGo } from './door.tsx'
import { lonePoints } from './lone-points.ts'
import { decals, palette } from './palette.ts'

use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, LabelLayout, SVGRenderer])

export default function ChartCanvas(props: ChartProps & { height: number }) {
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const scheme = useComputedColorScheme('light')
  const go = useGo()
  const latest = useRef({ props, go })
  latest.current = { props, go }

  useEffect(() => {
    if (!holder.current) return
    const drawn = init(holder.current, null, { renderer: 'svg' })
    chart.current = drawn
    drawn.on('click', (event: { seriesIndex?: number | undefined; dataIndex: number }) => {
      const { seriesIndex, dataIndex } = event
      const address = latest.current.props.to?.(seriesIndex ?? 0, dataIndex)
      if (address) latest.current.go(address)
    })
    const watcher = new ResizeObserver(() => drawn.resize())
    watcher.observe(holder.current)
    return () => {
      watcher.disconnect()
      drawn.dispose()
    }
  }, [])
  useEffect(() => {
    // resolved, because labels are measured on a canvas that knows no CSS variables
    const { fontFamily } = getComputedStyle(document.body)
    const width = holder.current?.clientWidth ?? 0
    chart.current?.setOption(optionOf(props, { dark: scheme === 'dark', fontFamily, width }), true)
  })
  return <div ref={holder} style={{ width: '100%', height: props.height }} />
}

interface Look {
  dark: boolean
  fontFamily: string
  /** Of the drawing, in pixels. */
  width: number
}

function optionOf(props: ChartProps, look: Look): Record<string, unknown> {
  const ink = look.dark ? '#ece7df' : '#221e1a'
  const muted = look.dark ? '#aaa298' : '#6a6156'
  const line = look.dark ? '#37322c' : '#e6dfd3'
  const label = { color: muted, fontSize: 12, fontFamily: look.fontFamily }
  const { x, y, horizontal } = props
  const isBand = props.kind === 'bar' || props.kind === 'stack'
  const hasRoom = isBand && (look.width - axisRoom) / x.values.length > widthOf(x.values.at(-1) ?? '')
  const categories = {
    type: 'category',
    data: [...x.values],
    boundaryGap: isBand,
    inverse: horizontal ?? false,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: line } },
    axisLabel: {
      ...label,
      hideOverlap: true,
      // the newest is the one that is looked for
      ...(horizontal ? {} : { showMaxLabel: true }),
      // where there is room under its own bar, moving the last one only pushes it into the one before it
      ...(hasRoom ? {} : { alignMaxLabel: 'right' }),
    },
  }
  const values = {
    type: 'value',
    name: y.name,
    nameLocation: 'end',
    nameGap: 12,
    nameTextStyle: { ...label, align: 'left' },
    axisLabel: { ...label, formatter: y.mark ?? y.format, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
    splitNumber: 4,
    // four even steps: else the last mark crowds the one before it
    ...(y.max === undefined ? {} : { max: y.max, interval: y.max / 4 }),
  }
  const isLine = props.kind === 'line' || props.kind === 'area'
  const named = isLine && props.series.length > 1 && !endTogether(props.series)
  return {
    // growing bars explain nothing
    animation: false,
    textStyle: { fontFamily: look.fontFamily },
    aria: { enabled: false, decal: { show: false } },
    grid: {
      left: 4,
      right: named ? nameRoom(props.series) : horizontal ? 48 : 12,
      top: horizontal ? 4 : 34,
      bottom: 4,
      containLabel: true,
    },
    xAxis: horizontal ? { ...values, name: '' } : categories,
    yAxis: horizontal ? categories : values,
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: props.kind === 'line' ? 'line' : 'shadow', lineStyle: { color: muted } },
      backgroundColor: look.dark ? '#2d2824' : '#fffefb',
      borderColor: line,
      confine: true,
      textStyle: { color: ink, fontSize: 13, fontFamily: look.fontFamily },
      valueFormatter: (value: number | null | undefined) =>
        value === null || value === undefined ? '–' : y.format(value),
    },
    series: props.series.map((one, i) => seriesOf(one, i, props, { ...look, ink })),
  }
}

/** Pixels that a name takes: Chinese characters are twice as wide as Latin ones. */
function widthOf(name: string): number {
  return [...name].reduce((sum, sign) => sum + (sign > '\u2e7f' ? 12.5 : 6.8), 0)
}

/** Pixels that the longest name takes beside its line. */
function nameRoom(series: readonly Series[]): number {
  return Math.min(180, Math.max(48, 16 + Math.max(...series.map(({ name }) => widthOf(name)))))
}

/** Marks on a line up to this many points; beyond, they hide the line. */
const marksMax = 24
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond']

function seriesOf(one: Series, i: number, props: ChartProps, look: Look & { ink: string }): object {
  const index = (one.color ?? i) % palette.length
  const color = palette[index]![look.dark ? 'dark' : 'light']
  const cursor = props.to ? 'pointer' : 'default'
  const shared = { name: one.name, data: one.values.map((value) => value ?? '-'), cursor }
  if (props.kind === 'line' || props.kind === 'area') {
    const alone = lonePoints(one.values)
    const marksAll = one.values.length <= marksMax
    return {
      ...shared,
      ...(marksAll || alone.size === 0
        ? {}
        : { data: shared.data.map((value, at) => (alone.has(at) ? value : { value, symbol: 'none' })) }),
      type: 'line',
      color,
      symbol: symbols[index],
      symbolSize: 6,
      showSymbol: marksAll || alone.size > 0,
      connectNulls: false,
      lineStyle: { width: 2, type: one.dashed ? 'dashed' : 'solid' },
      labelLayout: { moveOverlap: 'shiftY' },
      ...(props.kind === 'area'
        ? { stack: 'all', areaStyle: { opacity: 0.25, decal: decalOf(index, look.dark) } }
        : {}),
      // the name stands at the line's end: no legend to look up; where lines end together, at its middle
      ...(props.series.length > 1 && endTogether(props.series)
        ? { data: namedAt(one, Math.floor(one.values.length / 2), 'top', look) }
        : {}),
      ...(props.series.length > 1 && !endTogether(props.series)
        ? { endLabel: { show: true, formatter: '{a}', color: look.ink, fontSize: 12, fontFamily: look.fontFamily } }
        : {}),
    }
  }
  const bar = {
    ...shared,
    type: 'bar',
    barMaxWidth: 44,
    itemStyle: { color, decal: decalOf(index, look.dark), borderRadius: props.kind === 'bar' ? 2 : 0 },
  }
  if (props.kind === 'stack') return { ...bar, stack: 'all', data: namedData(one, 'inside', look, 0.5) }
  if (props.series.length > 1) {
    const within = (i + 0.5) / props.series.length
    return { ...bar, data: namedData(one, 'top', look, within), labelLayout: { moveOverlap: 'shiftY' } }
  }
  // a few bars write their values; many leave that to hover and table
  const few = one.values.length <= 12
  return few ? { ...bar, label: valueLabel(props, look) } : bar
}

function valueLabel(props: ChartProps, look: Look & { ink: string }): object {
  return {
    show: true,
    position: props.horizontal ? 'right' : 'top',
    color: look.ink,
    fontSize: 12,
    fontFamily: look.fontFamily,
    formatter: ({ value }: { value: number | string }) => (typeof value === 'number' ? props.y.format(value) : ''),
  }
}

/** Several series write their names once, at their largest bars: no legend to look up. */
function namedData(one: Series, position: 'inside' | 'top', look: Look & { ink: string }, within: number): unknown[] {
  // series that follow each other may have their largest bars side by side: each name stands mid in its own stretch
  const own = one.values.flatMap((value, i) => (value === null ? [] : [i]))
  if (one.values.length > narrowBars && own.length > 0 && own.length < one.values.length)
    return namedAt(one, own[Math.floor((own.length - 1) / 2)]!, position, look, within)
  const most = one.values.reduce<number>((best, value, i) => ((value ?? 0) > (one.values[best] ?? 0) ? i : best), 0)
  return namedAt(one, most, position, look, within)
}

/** Do two lines end so close to each other that names written there would overlap? A line of text is a twentieth. */
function endTogether(series: readonly Series[]): boolean {
  const ends = series.map((one) => one.values.at(-1) ?? 0).sort((a, b) => a - b)
  const top = Math.max(...series.flatMap((one) => one.values.map((value) => value ?? 0)))
  return ends.some((end, i) => i > 0 && end - ends[i - 1]! < top / 20)
}

/** Pixels that the marks of the value axis take, about. */
const axisRoom = 60

/** More bars than this are narrower than any name. */
const narrowBars = 16

/** The name of a series at one of its values; `within`: where its mark stands in the room of a category, 0 to 1. */
function namedAt(
  one: Series,
  place: number,
  position: 'inside' | 'top',
  look: Look & { ink: string },
  within = 0,
): unknown[] {
  // a name near the right edge would leave the picture
  const beyond = ((one.values.length - place - within) / one.values.length) * (look.width - axisRoom)
  const atEdge = beyond < widthOf(one.name) / 2
  const label = {
    show: true,
    position,
    ...(atEdge ? { align: 'right' } : {}),
    formatter: one.name,
    color: look.ink,
    backgroundColor: look.dark ? '#231f1ce6' : '#fffdfae6',
    padding: [2, 5],
    borderRadius: 3,
    fontSize: 12,
    fontFamily: look.fontFamily,
  }
  return one.values.map((value, i) => (i === place && value ? { value, label } : (value ?? '-')))
}

function decalOf(index: number, dark: boolean): object {
  return { ...decals[index]!, color: dark ? 'rgb(0 0 0 / 28%)' : 'rgb(255 255 255 / 34%)' }
}
