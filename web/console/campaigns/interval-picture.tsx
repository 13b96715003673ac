/** Estimates with their ranges against the line of zero. Ink only: nothing in it is told by colour. */
import { Group, Text } from '@mantine/core'
import { useTexts } from '../../kit/i18n.ts'
import classes from './campaigns.module.css'
import type { Interval } from './verdict.tsx'

export interface IntervalRow {
  name: string
  interval: Interval
  write: (value: number) => string
  /** Said once, after the three numbers. */
  unit?: string
}

export function IntervalPicture({ rows }: { rows: IntervalRow[] }) {
  return (
    <div className={classes.intervals}>
      {rows.map((row) => (
        <One key={row.name} {...row} />
      ))}
    </div>
  )
}

/** Room at both ends, so that the line of zero is never the edge. */
const roomShare = 0.12

function One({ name, interval, write, unit }: IntervalRow) {
  const { t } = useTexts()
  const { estimate, low, high } = interval
  const [least, most] = [Math.min(0, low), Math.max(0, high)]
  const room = (most - least || 1) * roomShare
  const at = (value: number) => `${(((value - least + room) / (most - least + 2 * room)) * 100).toFixed(2)}%`
  const numbers = t('campaigns:intervalSaid', { estimate: write(estimate), low: write(low), high: write(high) })
  const said = unit ? t('campaigns:intervalWithUnit', { numbers, unit }) : numbers
  return (
    <div className={classes.interval}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{name}</Text>
        <Text size="sm" fw={600} className="rg-figures">
          {said}
        </Text>
      </Group>
      <svg role="img" aria-label={`${name}: ${said}`}>
        <line x1="0" x2="100%" y1="18" y2="18" stroke="var(--rg-line)" />
        <line x1={at(0)} x2={at(0)} y1="4" y2="32" stroke="currentColor" strokeDasharray="3 3" />
        <text x={at(0)} y="44" textAnchor="middle" fontSize="11" fill="var(--rg-muted)">
          {t('campaigns:intervalZero')}
        </text>
        <line x1={at(low)} x2={at(high)} y1="18" y2="18" stroke="currentColor" strokeWidth="5" />
        <line x1={at(low)} x2={at(low)} y1="10" y2="26" stroke="currentColor" strokeWidth="2" />
        <line x1={at(high)} x2={at(high)} y1="10" y2="26" stroke="currentColor" strokeWidth="2" />
        <circle cx={at(estimate)} cy="18" r="7" fill="var(--rg-sheet)" stroke="currentColor" strokeWidth="3" />
      </svg>
    </div>
  )
}
