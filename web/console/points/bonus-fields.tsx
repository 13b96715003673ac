/** Bonuses as cards: what it is called, what it gives, when; and the caps of what may be earned. */
import { ActionIcon, Button, Card, Group, Menu, SimpleGrid, Stack, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, NumberField, PointsField, TextField } from '../../kit/fields.tsx'
import { languages, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { FieldState, Form } from '../../kit/use-form.ts'
import { ConditionField } from './bonus-conditions.tsx'
import { conditionKinds, newBonus, type BonusValues } from './bonus-values.ts'
import type { RuleValues } from './rule-values.ts'

/** The server takes up to ten times; a larger number is a slip of the hand. */
const share_max = 10

export function BonusFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  const { bonuses } = form.values
  const replace = (nth: number, bonus: BonusValues) =>
    form.set({ bonuses: bonuses.map((one, i) => (i === nth ? bonus : one)) })
  return (
    <Stack gap="sm" component="section" aria-label={t('points:bonuses.title')}>
      <div>
        <Text size="sm" fw={500}>
          {t('points:bonuses.title')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('points:bonuses.hint')}
        </Text>
      </div>
      {bonuses.map((bonus, nth) => (
        <BonusCard
          key={bonus.key}
          bonus={bonus}
          errorAt={(place) => form.errorAt(`/rule/earn/bonuses/${nth}${place}`)}
          change={(changes) => replace(nth, { ...bonus, ...changes })}
          remove={() => form.set({ bonuses: bonuses.filter((one) => one !== bonus) })}
        />
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="plus" size={14} />}
          onClick={() => form.set({ bonuses: [...bonuses, newBonus()] })}
        >
          {t('points:bonuses.add')}
        </Button>
      </Group>
      {bonuses.length > 1 && (
        <ChoiceField
          field={alwaysChosen(form.field('combine'))}
          label={t('points:bonuses.combine')}
          choices={(['best', 'add'] as const).map((value) => ({
            value,
            label: t(`points:bonuses.combines.${value}`),
          }))}
        />
      )}
    </Stack>
  )
}

/** One field of a bonus, as the kit's fields take it. */
function fieldOf<Key extends keyof BonusValues & string>(
  { bonus, change, errorAt }: CardProps,
  name: Key,
  place: string,
): FieldState<BonusValues[Key]> {
  return {
    name: `${bonus.key}_${name}`,
    value: bonus[name],
    error: errorAt(place),
    onChange: (value) => change({ [name]: value }),
  }
}

interface CardProps {
  bonus: BonusValues
  errorAt: (place: string) => string | undefined
  change: (changes: Partial<BonusValues>) => void
  remove: () => void
}

function BonusCard(props: CardProps) {
  const { t } = useTexts()
  const { bonus, change, remove } = props
  const open = conditionKinds.filter((kind) => !bonus.conditions.includes(kind))
  return (
    <Card withBorder padding="sm" radius="md">
      <Stack gap="sm">
        <NameFields {...props} />
        <Effect {...props} />
        <Text size="xs" c="dimmed">
          {t(bonus.conditions.length > 0 ? 'points:bonuses.when' : 'points:bonuses.said.always')}
        </Text>
        {bonus.conditions.map((kind) => (
          <Group key={kind} gap="xs" align="flex-end" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <ConditionField kind={kind} bonus={bonus} change={change} error={props.errorAt(`/when/${kind}`)} />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('points:bonuses.without', { condition: t(`points:bonuses.conditions.${kind}`) })}
              onClick={() => change({ conditions: bonus.conditions.filter((one) => one !== kind) })}
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Group justify="space-between">
          <Menu position="bottom-start">
            <Menu.Target>
              <Button variant="subtle" size="xs" leftSection={<Icon name="plus" size={14} />}>
                {t('points:bonuses.condition')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {open.map((kind) => (
                <Menu.Item key={kind} onClick={() => change({ conditions: [...bonus.conditions, kind] })}>
                  {t(`points:bonuses.conditions.${kind}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button variant="subtle" color="gray" size="xs" onClick={remove}>
            {t('points:bonuses.remove')}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}

/** A name in each language that the program speaks. */
function NameFields(props: CardProps) {
  const { t } = useTexts()
  const spoken = useCall('GET /v1/admin/program').data?.languages ?? []
  const { names } = props.bonus
  return (
    <SimpleGrid cols={{ base: 1, sm: Math.min(3, Math.max(1, spoken.length)) }}>
      {spoken.map((code, i) => (
        <TextField
          key={code}
          label={t('points:bonuses.name', { language: languages.find((one) => one.code === code)?.name ?? code })}
          maxLength={60}
          field={{
            name: `${props.bonus.key}_name_${code}`,
            value: names[code] ?? '',
            error: i === 0 ? props.errorAt('/names') : undefined,
            onChange: (name) => props.change({ names: { ...names, [code]: name } }),
          }}
        />
      ))}
    </SimpleGrid>
  )
}

function Effect(props: CardProps) {
  const { t } = useTexts()
  const { kind } = props.bonus
  return (
    <SimpleGrid cols={{ base: 1, sm: kind === 'multiply' ? 2 : 3 }}>
      <ChoiceField
        field={alwaysChosen(fieldOf(props, 'kind', '/effect/kind'))}
        label={t('points:bonuses.gives')}
        choices={(['multiply', 'order', 'unit'] as const).map((value) => ({
          value,
          label: t(`points:bonuses.kinds.${value}`),
        }))}
      />
      {kind === 'multiply' ? (
        <NumberField
          field={fieldOf(props, 'share', '/effect')}
          label={t('points:bonuses.share')}
          decimals={2}
          min={1.01}
          max={share_max}
          suffix="×"
        />
      ) : (
        <>
          <PointsField field={fieldOf(props, 'points', '/effect')} label={t('points:form.points')} min={1} />
          <MoneyField
            field={fieldOf(props, 'minimum_minor', '/effect/minimum_minor')}
            label={t('points:bonuses.minimum')}
          />
        </>
      )}
    </SimpleGrid>
  )
}

export function CapFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  return (
    <div>
      <Text size="sm" fw={500}>
        {t('points:caps.title')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {t('points:caps.hint')}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {(['order', 'day', 'month'] as const).map((per) => (
          <PointsField key={per} field={form.field(`cap_${per}`)} label={t(`points:caps.${per}`)} min={1} />
        ))}
      </SimpleGrid>
    </div>
  )
}
