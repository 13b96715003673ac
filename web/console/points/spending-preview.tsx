/** What another spend rule would change, seen before it holds. */
import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { call, touch, type Answer } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Figure, Section } from '../../kit/page.tsx'
import { ApplyRule } from '../rule-preview.tsx'
import type { SpendRule } from './spending-values.ts'

export interface Seen {
  rule: SpendRule
  found: Answer<'POST /v1/admin/point-spend-rules/preview'>
}

interface Props extends Seen {
  coming: ReactNode
  /** Applied for a later time: the rule in force stays on screen. */
  isAwaited: () => void
}

export function SpendPreview({ rule, found, coming, isAwaited }: Props) {
  const { t } = useTexts()
  const go = useGo()
  const [asking, setAsking] = useState(false)
  const apply = async (note: string, begins: { effective_from?: string }) => {
    await call('POST /v1/admin/point-spend-rules', { body: { rule, ...begins, ...(note ? { note } : {}) } })
    await touch('point-spend-rules', 'program')
    if (begins.effective_from) isAwaited()
    else go('/points')
  }
  return (
    <Section title={t('points:spending.preview.title')} hint={t('points:spending.preview.hint')}>
      <Stack gap="md">
        <Figures found={found} />
        <Group>
          <Button onClick={() => setAsking(true)}>{t('rules:apply.open')}</Button>
        </Group>
        <ApplyRule
          opened={asking}
          close={() => setAsking(false)}
          title={t('rules:apply.title')}
          verb={t('points:preview.applyNow')}
          coming={coming}
          later={(at) => t('rules:apply.spending', { at })}
          apply={apply}
        >
          {t('rules:apply.spendingNow')}
        </ApplyRule>
      </Stack>
    </Section>
  )
}

function changeOf(amount: number): 'more' | 'less' | 'same' {
  if (amount === 0) return 'same'
  return amount > 0 ? 'more' : 'less'
}

function Figures({ found }: Pick<Seen, 'found'>) {
  const { t } = useTexts()
  const format = useFormat()
  const signed = found.owed_after_minor - found.owed_minor
  const reasons = (['below_minimum', 'off_step', 'over_share'] as const).filter((key) => found[key] > 0)
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Figure label={t('points:spending.preview.owed')} value={format.money(found.owed_minor)} />
        <Figure
          label={t('points:spending.preview.after')}
          value={format.money(found.owed_after_minor)}
          hint={t(`points:spending.preview.${changeOf(signed)}` as const, { amount: format.money(Math.abs(signed)) })}
        />
        <Figure
          label={t('points:spending.preview.refused')}
          value={found.spends === 0 ? format.percent(0) : format.percent(found.refused / found.spends)}
          hint={t('points:spending.preview.refusedOf', {
            refused: format.points(found.refused),
            spends: format.points(found.spends),
            day: format.day(found.from.slice(0, 10)),
          })}
        />
      </SimpleGrid>
      {reasons.length > 0 && (
        <Text size="sm" c="dimmed">
          {reasons
            .map((key) => t(`points:spending.preview.reasons.${key}`, { spends: format.points(found[key]) }))
            .join(' · ')}
        </Text>
      )}
    </>
  )
}
