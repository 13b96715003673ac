/** How money is paid in, what is given on top, and what comes back of it. */
import { Button, Divider, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, NumberField, PercentField, SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import type { CardValues } from './card-values.ts'

export function ValueFields({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <MoneyField field={form.field('least_minor')} label={t('cards:form.minimum')} />
        <MoneyField
          field={form.field('most_minor')}
          label={t('cards:form.maximum')}
          consequence={t('cards:form.maximumHint')}
        />
      </SimpleGrid>
      <Bonuses form={form} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        {(['principal_months', 'bonus_months'] as const).map((name) => (
          <NumberField
            key={name}
            field={form.field(name)}
            label={t(name === 'principal_months' ? 'cards:form.principalMonths' : 'cards:form.bonusMonths')}
            consequence={t('cards:form.neverHint')}
            min={1}
            max={120}
          />
        ))}
        <ChoiceField
          field={alwaysChosen(form.field('spend_first'))}
          label={t('cards:form.spendFirst')}
          consequence={t('cards:form.spendFirstHint')}
          choices={(['principal', 'bonus'] as const).map((value) => ({
            value,
            label: t(`cards:form.spendFirsts.${value}`),
          }))}
        />
      </SimpleGrid>
      <Divider />
      <RefundFields form={form} />
    </>
  )
}

function Bonuses({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  const { bonuses } = form.values
  const change = (i: number, step: Partial<CardValues['bonuses'][number]>) =>
    form.set({ bonuses: bonuses.map((one, at) => (at === i ? { ...one, ...step } : one)) })
  return (
    <Stack gap="xs" role="group" aria-label={t('cards:form.bonuses')}>
      <div>
        <Text size="sm" fw={500}>
          {t('cards:form.bonuses')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('cards:form.bonusHint')}
        </Text>
      </div>
      {bonuses.map((step, i) => (
        <Group key={i} gap="sm" align="flex-end" wrap="nowrap">
          <MoneyField
            label={t('cards:form.bonusFrom')}
            field={{
              name: `bonus_from_${i}`,
              value: step.from_minor,
              error: form.errorAt(`/rule/bonuses/${i}/from_minor`),
              onChange: (from_minor) => change(i, { from_minor }),
            }}
          />
          <MoneyField
            label={t('cards:form.bonus')}
            field={{
              name: `bonus_${i}`,
              value: step.bonus_minor,
              error: form.errorAt(`/rule/bonuses/${i}/bonus_minor`),
              onChange: (bonus_minor) => change(i, { bonus_minor }),
            }}
          />
          <Button
            variant="subtle"
            color="gray"
            px="xs"
            style={{ flexShrink: 0 }}
            onClick={() => form.set({ bonuses: bonuses.filter((_step, at) => at !== i) })}
          >
            {t('cards:form.bonusRemove')}
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => form.set({ bonuses: [...bonuses, { from_minor: null, bonus_minor: null }] })}
        >
          {t('cards:form.bonusAdd')}
        </Button>
        {form.errorAt('/rule/bonuses') && (
          <Text size="sm" c="var(--rg-bad)">
            {form.errorAt('/rule/bonuses')}
          </Text>
        )}
      </Group>
    </Stack>
  )
}

/** What comes back in money: of value and of sessions alike. */
export function RefundFields({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  const { kind, is_offered } = form.values
  return (
    <>
      <SwitchField
        field={form.field('is_offered')}
        label={t('cards:form.refundOffered')}
        {...(kind === 'value' ? { consequence: t('cards:form.refundOfferedHint') } : {})}
      />
      {is_offered && kind === 'value' && (
        <SwitchField
          field={form.field('less_bonus_used')}
          label={t('cards:form.lessBonus')}
          consequence={t('cards:form.lessBonusHint')}
        />
      )}
      {is_offered && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
          {kind === 'sessions' && (
            <ChoiceField
              field={alwaysChosen(form.field('basis'))}
              label={t('cards:form.basis')}
              choices={(['pro_rata', 'list_price'] as const).map((value) => ({
                value,
                label: t(`cards:form.bases.${value}`),
              }))}
            />
          )}
          <PercentField field={form.field('fee')} label={t('cards:form.fee')} decimals={2} />
        </SimpleGrid>
      )}
    </>
  )
}
