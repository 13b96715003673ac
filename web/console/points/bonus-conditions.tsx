/** One condition of a bonus: a picker that fits what it asks. */
import { Chip, Group, Input, MultiSelect, SimpleGrid, TagsInput, Text } from '@mantine/core'
import { useState } from 'react'
import { ChoiceField, DayField } from '../../kit/fields.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { alwaysChosen } from '../../kit/always-chosen.ts'
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
  const { kind, bonus, change } = props
  const label = t(`points:bonuses.conditions.${kind}`)
  switch (kind) {
    case 'categories':
      return <Categories {...props} />
    case 'skus':
      return <Products {...props} />
    case 'tiers':
      return <Tiers {...props} />
    case 'stores':
      return <Stores {...props} />
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

interface ListProps {
  label: string
  data: { value: string; label: string }[]
  value: string[]
  onChange: (value: string[]) => void
  error: string | undefined
  search?: { value: string; onChange: (text: string) => void }
}

function Many({ label, data, value, onChange, error, search }: ListProps) {
  return (
    <MultiSelect
      label={label}
      data={data}
      value={value}
      onChange={onChange}
      error={error}
      searchable
      {...(search && { searchValue: search.value, onSearchChange: search.onChange })}
    />
  )
}

/** What is chosen stays in the list, whatever became of it since. */
function withChosen(data: { value: string; label: string }[], chosen: readonly string[]) {
  const known = new Set(data.map((one) => one.value))
  return [...data, ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, label: value }))]
}

function Categories({ bonus, change, error }: ConditionProps) {
  const { t } = useTexts()
  const shelves = useCall('GET /v1/admin/product-categories').data?.data ?? []
  return (
    <Many
      label={t('points:bonuses.conditions.categories')}
      data={withChosen(
        shelves.map(({ category }) => ({ value: category, label: category })),
        bonus.categories,
      )}
      value={bonus.categories}
      onChange={(categories) => change({ categories })}
      error={error}
    />
  )
}

function Products({ bonus, change, error }: ConditionProps) {
  const { t } = useTexts()
  const [search, setSearch] = useState('')
  const found =
    useCall('GET /v1/admin/products', { query: { limit: 30, ...(search && { search }) } }).data?.data ?? []
  return (
    <Many
      label={t('points:bonuses.conditions.skus')}
      data={withChosen(
        found.map(({ sku, name }) => ({ value: sku, label: `${name} · ${sku}` })),
        bonus.skus,
      )}
      value={bonus.skus}
      onChange={(skus) => change({ skus })}
      error={error}
      search={{ value: search, onChange: setSearch }}
    />
  )
}

function Tiers({ bonus, change, error }: ConditionProps) {
  const { t, language } = useTexts()
  const tiers = useCall('GET /v1/admin/tiers').data?.data ?? []
  return (
    <Many
      label={t('points:bonuses.conditions.tiers')}
      data={tiers.map(({ code, names }) => ({ value: code, label: nameIn(names, language, code) }))}
      value={bonus.tiers}
      onChange={(chosen) => change({ tiers: chosen })}
      error={error}
    />
  )
}

function Stores({ bonus, change, error }: ConditionProps) {
  const { t } = useTexts()
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  return (
    <Many
      label={t('points:bonuses.conditions.stores')}
      data={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))}
      value={bonus.store_ids}
      onChange={(store_ids) => change({ store_ids })}
      error={error}
    />
  )
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
