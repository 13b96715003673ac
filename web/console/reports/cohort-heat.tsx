/** The table of cohorts: each share as text, its ground the darker the larger it is. */
import { ScrollArea } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { all, peopleAddress } from '../people.ts'
import type { Cohort } from './cohorts-page.tsx'
import classes from './report-page.module.css'

/** Cohorts shown: two years; the download has all. */
const rowsMax = 24
/** Months after the first. */
const columnsMax = 24
/** The darkest ground, in per cent of its colour: figures stay readable on it in both schemes. */
const groundMax = 58

export function CohortHeat({ cohorts, has_doors }: { cohorts: Cohort[]; has_doors: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const shown = cohorts.slice(-rowsMax)
  const columns = Math.min(columnsMax, Math.max(0, ...shown.map(({ active }) => active.length)))
  const most = Math.max(
    0.01,
    ...shown.flatMap(({ active, size }) => active.slice(0, columns).map((members) => members / size)),
  )
  return (
    <ScrollArea type="auto" offsetScrollbars viewportProps={{ tabIndex: 0 }}>
      <table className={classes.heat} aria-label={t('reports:cohorts.table')}>
        <thead>
          <tr>
            <th scope="col">{t('reports:cohorts.cohort')}</th>
            <th scope="col">{t('reports:cohorts.size')}</th>
            {Array.from({ length: columns }, (_, i) => (
              <th key={i} scope="col">
                {t('reports:cohorts.after', { months: i + 1 })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((cohort) => (
            <tr key={cohort.cohort}>
              <th scope="row">{format.month(cohort.cohort)}</th>
              <td>{format.number(cohort.size)}</td>
              {cohort.active.slice(0, columns).map((members, i) => (
                <Cell key={i} cohort={cohort} members={members} months={i + 1} most={most} has_door={has_doors} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

interface CellProps {
  cohort: Cohort
  members: number
  months: number
  /** The largest share of the table: the darkest ground. */
  most: number
  has_door: boolean
}

function Cell({ cohort, members, months, most, has_door }: CellProps) {
  const { t } = useTexts()
  const format = useFormat()
  const share = members / cohort.size
  const depth = share / most
  const label = t('reports:cohorts.cell', { count: members, members: format.number(members) })
  const text = members === 0 ? <span className={classes.none}>0</span> : format.percent(share)
  return (
    <td
      title={label}
      style={{ background: `color-mix(in srgb, var(--rg-heat) ${Math.round(depth * groundMax)}%, transparent)` }}
    >
      {has_door && members > 0 ? <Door to={peopleAddress(cellCondition(cohort.cohort, months))}>{text}</Door> : text}
    </td>
  )
}

/** First bought in one month, and bought again in another. */
function cellCondition(cohort: string, months: number) {
  const [first, later] = [monthOf(cohort, 0), monthOf(cohort, months)]
  return all(
    { field: 'first_order_at', operator: 'within', value: first },
    { field: 'purchases', operator: 'at_least', value: 1, within: later },
  )
}

/** First and last day of the month so many months after `YYYY-MM`. */
function monthOf(month: string, after: number): { from: string; to: string } {
  const [year, nth] = month.split('-').map(Number) as [number, number]
  const day = (offset: number, date: number) =>
    new Date(Date.UTC(year, nth - 1 + offset, date)).toISOString().slice(0, 10)
  return { from: day(after, 1), to: day(after + 1, 0) }
}
