/** Prices by condition, in order; the first that holds is the member's. */
import { Box, Button, Divider, Stack, Text } from '@mantine/core'
import { MoneyField, SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import { ConditionGroup } from '../segments/builder/condition-group.tsx'
import type { Catalogue } from '../segments/condition.ts'
import { useLabels, useWords } from '../segments/words.ts'
import { newPrice, type PlanValues, type PriceValues } from './values.ts'

export function PricesPart({ form, catalogue }: { form: Form<PlanValues>; catalogue: Catalogue }) {
  const { t } = useTexts()
  const { prices, sells_others } = form.values
  const set = (place: number, changed: PriceValues | null) =>
    form.set({
      prices: prices.flatMap((one, i) => (i !== place ? [one] : changed ? [changed] : [])),
    })
  return (
    <Stack gap="md">
      {prices.map((price, place) => (
        <Box key={price.when.id}>
          <Price form={form} catalogue={catalogue} price={price} place={place} set={(one) => set(place, one)} />
          <Divider mt="md" />
        </Box>
      ))}
      <Box>
        <Button size="xs" variant="default" onClick={() => form.set({ prices: [...prices, newPrice()] })}>
          {t('plans:form.addPrice')}
        </Button>
      </Box>
      {prices.length > 0 && <SwitchField field={form.field('sells_others')} label={t('plans:form.sellOthers')} />}
      {sells_others ? (
        <MoneyField
          field={form.field('others_minor')}
          label={prices.length > 0 ? t('plans:form.others') : t('plans:form.priceIs')}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t('plans:form.othersNot')}
        </Text>
      )}
    </Stack>
  )
}

interface PriceProps {
  form: Form<PlanValues>
  catalogue: Catalogue
  price: PriceValues
  place: number
  set: (changed: PriceValues | null) => void
}

function Price({ form, catalogue, price, place, set }: PriceProps) {
  const { t } = useTexts()
  const words = useWords(useLabels(price.when, catalogue))
  const pointer = `/design/prices/${place}`
  return (
    <Stack gap="sm" role="group" aria-label={t('plans:form.priceIs')}>
      <MoneyField
        label={t('plans:form.priceIs')}
        field={{
          name: `prices_${place}`,
          value: price.price_minor,
          error: undefined,
          onChange: (price_minor) => set({ ...price, price_minor }),
        }}
      />
      <Text size="sm" fw={500}>
        {t('plans:form.forWhom')}
      </Text>
      <ConditionGroup
        group={price.when}
        catalogue={catalogue}
        words={words}
        onChange={(when) => set({ ...price, when: { ...when, id: price.when.id } })}
        errorAt={(at) => form.errorAt(`${pointer}/when${at}`)}
      />
      {form.errorAt(pointer) && (
        <Text c="red" size="sm" role="alert">
          {form.errorAt(pointer)}
        </Text>
      )}
      <Box>
        <Button size="xs" variant="subtle" color="red" onClick={() => set(null)}>
          {t('plans:form.removePrice')}
        </Button>
      </Box>
    </Stack>
  )
}
