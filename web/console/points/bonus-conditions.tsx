/** One condition of a bonus: a picker that fits what it asks. */
import { Chip, Group, Input, SimpleGrid, TagsInput, Text } from '@mantine/core'
import { ChoiceField, DayField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { CategoryPicker, ProductPicker } from '../products/pickers.tsx'
import { StorePicker } from '../stores/pickers.tsx'
import { TierPicker } from '../tiers/pickers.tsx'
import type { BonusValues, ConditionKind } from './bonus-values.ts'
import { useWeekdays } from './bonus-words.ts'

interface ConditionProps {
  kind: ConditionKind
  bonus: BonusValues
  change: (changes: Partial<BonusValues>) => void
  error: string | undefined
}

export function ConditionField(props: ConditionProps) {
  const { t } = useTexts()
  const { kind, bonus, change, error } = props
  const label = t(`points:bonuses.conditions.${kind}`)
  const many = (name: 'categories' | 'skus' | 'tiers' | 'store_ids') => ({
    name: `${bonus.key}_${name}`,
    label,
    value: bonus[name],
    onChange: (value: string[]) => change({ [name]: value }),
    error,
  })
  switch (kind) {
    case 'categories':
      return <CategoryPicker {...many('categories')} />
    case 'skus':
      return <ProductPicker {...many('skus')} by="sku" />
    case 'tiers':
      return <TierPicker {...many('tiers')} />
    case 'stores':
      return <StorePicker {...many('store_ids')} />
    case 'channels':
      return (
        <TagsInput
          label={label}
          description={t('points:bonuses.channelsHint')}
          value={bonus.channels}
          onChange={(channels) => change({ channels })}
        />
      )
    case 'weekdays':
      return <Weekdays {...props} />
    case 'birthday':
      return (
        <ChoiceField
          field={alwaysChosen({
            name: `${bonus.key}_birthday`,
            value: bonus.birthday,
            error: undefined,
            onChange: (birthday) => change({ birthday }),
          })}
          label={label}
          choices={(['month', 'day'] as const).map((value) => ({
            value,
            label: t(`points:bonuses.birthdays.${value}`),
          }))}
        />
      )
    case 'first_order':
      return <Text size="sm">{label}</Text>
    case 'days':
      return <Days {...props} />
  }
}

function Weekdays({ bonus, change }: ConditionProps) {
  const { t } = useTexts()
  const weekdays = useWeekdays()
  return (
    <Input.Wrapper label={t('points:bonuses.conditions.weekdays')}>
      <Chip.Group
        multiple
        value={bonus.weekdays.map(String)}
        onChange={(days) => change({ weekdays: days.map(Number) })}
      >
        <Group gap={6} mt={4}>
          {weekdays.map(({ value, short, long }) => (
            <Chip key={value} value={String(value)} size="xs" aria-label={long}>
              {short}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  )
}

function Days({ bonus, change }: ConditionProps) {
  const { t } = useTexts()
  const field = (name: 'from_on' | 'until_on') => ({
    name: `${bonus.key}_${name}`,
    value: bonus[name],
    error: undefined,
    onChange: (value: string | null) => change({ [name]: value }),
  })
  return (
    <SimpleGrid cols={2}>
      <DayField field={field('from_on')} label={t('points:bonuses.from')} clearable />
      <DayField field={field('until_on')} label={t('points:bonuses.until')} clearable />
    </SimpleGrid>
  )
}
