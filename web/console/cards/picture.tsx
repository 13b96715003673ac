/** A card as members know it: its fields, what is stamped, and what waits at the end. */
import { Text } from '@mantine/core'
import type { CSSProperties } from 'react'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import styles from './cards.module.css'
import { useRewardName } from '../reward-fields.tsx'
import { useUnits, type CardRule, type StampRule } from './words.ts'

/** Fields that are drawn; of a larger card the number says the rest. */
const drawn_max = 30
const slots_a_row = 5

export function Slots({ stamped, size, small }: { stamped: number; size: number; small?: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const shown = Math.min(size, drawn_max)
  const label = t('cards:slots', { stamps: format.number(stamped), size: format.number(size) })
  // rows of five at most, as even as can be
  const columns = Math.ceil(shown / Math.ceil(shown / slots_a_row))
  const pixels = small ? 10 : 16
  return (
    <div
      className={styles['slots']}
      data-small={small || undefined}
      style={{ '--slot-columns': columns } as CSSProperties}
      role="img"
      aria-label={label}
    >
      {Array.from({ length: shown }, (_, i) => {
        const isLast = i === size - 1
        const face =
          i < stamped ? <Icon name="check" size={pixels} /> : isLast ? <Icon name="tier" size={pixels} /> : i + 1
        return (
          <span key={i} className={styles['slot']} data-on={i < stamped || undefined} data-last={isLast || undefined}>
            {face}
          </span>
        )
      })}
    </div>
  )
}

/** The picture beside the editor. */
export function CardPicture({ rule, name }: { rule: CardRule; name: string }) {
  return (
    <div className={styles['card']}>
      <Text fw={620} fz="lg" c="inherit" truncate>
        {name || '—'}
      </Text>
      {rule.kind === 'stamps' ? <StampFace rule={rule} /> : <MoneyFace rule={rule} />}
    </div>
  )
}

function StampFace({ rule }: { rule: StampRule }) {
  const rewardName = useRewardName()
  return (
    <>
      <Slots stamped={Math.min(3, rule.size - 1)} size={rule.size} />
      <Text size="sm" c="inherit">
        {rewardName(rule.reward)}
      </Text>
    </>
  )
}

function MoneyFace({ rule }: { rule: Exclude<CardRule, { kind: 'stamps' }> }) {
  const { t } = useTexts()
  const format = useFormat()
  const units = useUnits()
  const lines =
    rule.kind === 'sessions'
      ? [{ paid: format.money(rule.price_minor), has: units('sessions', rule.uses) }]
      : [
          ...rule.bonuses.map(({ from_minor, bonus_minor }) => ({
            paid: format.money(from_minor),
            has: format.money(from_minor + bonus_minor),
          })),
          ...(rule.bonuses.length === 0
            ? [{ paid: format.money(rule.minimum_minor), has: format.money(rule.minimum_minor) }]
            : []),
        ]
  return (
    <>
      {lines.map((line, i) => (
        <Text key={i} fz={20} fw={500} c="inherit" className="rg-figures">
          {t('cards:pictureValue', line)}
        </Text>
      ))}
    </>
  )
}
