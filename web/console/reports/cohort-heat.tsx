/** The table of cohorts: each share as text, its ground the darker the larger it is. */
import { ScrollArea } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useMay } from '../session.tsx'
import type { Cohort } from './cohorts-page.tsx'
import classes from './report-page.module.css'

/** Cohorts shown: two years; the download has all. */
const rowsMax = 24
/** Months after the first. */
const columnsMax = 24
/** The darkest ground, in per cent of its colour: figures stay readable on it in both schemes. */
const groundMax = 58

export function CohortHeat({ cohorts, activity }: { cohorts: Cohort[]; activity: 'orders' | 'lines' }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
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
              <td>
                {may('members:read') && cohort.size > 0 ? (
                  <Door to={cellAddress(activity, cohort.cohort)}>{format.number(cohort.size)}</Door>
                ) : (
                  format.number(cohort.size)
                )}
              </td>
              {cohort.active.slice(0, columns).map((members, i) => (
                <Cell key={i} cohort={cohort} members={members} months={i + 1} most={most} activity={activity} />
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
  activity: 'orders' | 'lines'
}

function Cell({ cohort, members, months, most, activity }: CellProps) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const share = members / cohort.size
  const depth = share / most
  const label = t('reports:cohorts.cell', { count: members, members: format.number(members) })
  const text = members === 0 ? <span className={classes.none}>0</span> : format.percent(share)
  return (
    <td
      title={label}
      style={{ background: `color-mix(in srgb, var(--rg-heat) ${Math.round(depth * groundMax)}%, transparent)` }}
    >
      {may('members:read') && members > 0 ? (
        <Door to={cellAddress(activity, cohort.cohort, months)}>{text}</Door>
      ) : (
        text
      )}
    </td>
  )
}

/** The page that lists the members of a cohort, or of one of its cells. */
function cellAddress(activity: string, cohort: string, months = 0): string {
  const query = new URLSearchParams({ cohort, ...(activity === 'lines' ? { activity } : {}) })
  if (months > 0) query.set('month', monthAfter(cohort, months))
  return `/reports/cohorts/people?${query.toString()}`
}

/** `YYYY-MM` so many months after another. */
function monthAfter(month: string, after: number): string {
  const [year, nth] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, nth - 1 + after, 1)).toISOString().slice(0, 7)
}
