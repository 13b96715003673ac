/** What came of an import, or would come of it. */
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Figure, Section } from '../../kit/page.tsx'
import type { Import } from './detail-page.tsx'
import classes from './imports.module.css'

type Counts = Import['counts']

export function CountsPart({ counts, kind, tried }: { counts: Counts; kind: Import['kind']; tried?: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const shown = [
    ...(kind === 'orders' ? (['orders', 'cancellations'] as const) : []),
    'members' as const,
    'guests' as const,
    'placed' as const,
    'changed' as const,
    'unchanged' as const,
    'refused' as const,
    'repaired' as const,
    'duplicates' as const,
    'unmatched' as const,
    'lots' as const,
    'points' as const,
  ].filter((key) => key === 'members' || key === 'refused' || key === 'placed' || counts[key] !== 0)
  // a trial brought nobody: there is nobody to show yet
  const doors: Partial<Record<(typeof shown)[number], string>> = tried
    ? { refused: '?outcome=refused', repaired: '?outcome=repaired' }
    : {
        members: '/members?kind=member',
        guests: '/members?kind=guest',
        refused: '?outcome=refused',
        repaired: '?outcome=repaired',
      }
  return (
    <Section title={tried ? t('imports:counts.tried') : t('imports:counts.title')}>
      <div className={classes.figures}>
        {shown.map((key) => (
          <Figure
            key={key}
            label={t(`imports:counts.${key}`)}
            value={
              <NumberDoor value={format.number(counts[key])} to={counts[key] > 0 ? inPlace(doors[key]) : undefined} />
            }
          />
        ))}
        {Number(counts.points_remainder) !== 0 && (
          <Figure label={t('imports:counts.remainder')} value={format.number(Number(counts.points_remainder))} />
        )}
        {Number(counts.points_negative) !== 0 && (
          <Figure label={t('imports:counts.negative')} value={format.number(Number(counts.points_negative))} />
        )}
      </div>
    </Section>
  )
}

/** `?outcome=…` narrows the rows of this very page. */
function inPlace(door: string | undefined): string | undefined {
  return door?.startsWith('?') ? `${window.location.pathname}${door}` : door
}
