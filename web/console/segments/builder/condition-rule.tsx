/** One rule: what is asked, how it is compared, with what. Behaviours also say when, and of which rows. */
import { ActionIcon, Box, Select, Text, Tooltip } from '@mantine/core'
import { Icon } from '../../../kit/icons.tsx'
import { useTexts } from '../../../kit/i18n.ts'
import {
  comingFields,
  fieldOf,
  firstValue,
  newRule,
  valueKindOf,
  type FieldEntry,
  type PartEntry,
  type Rule,
} from '../condition.ts'
import { grouped } from '../words.ts'
import classes from './builder.module.css'
import type { BuilderParts } from './condition-group.tsx'
import { RuleValue } from './rule-value.tsx'
import { WindowInput } from './window-input.tsx'

interface ConditionRuleProps extends BuilderParts {
  rule: Rule
  pointer: string
  onChange: (rule: Rule) => void
  onRemove: () => void
}

export function ConditionRule(props: ConditionRuleProps) {
  const { rule, pointer, onChange, onRemove, catalogue, words, errorAt } = props
  const { t } = useTexts()
  const field = fieldOf(catalogue, rule.field)
  return (
    <Box className={classes.rule}>
      <div className={classes.parts}>
        <Select
          className={classes.field ?? ''}
          aria-label={t('segments:field')}
          value={rule.field}
          searchable
          allowDeselect={false}
          data={grouped(catalogue.fields, words)}
          maxDropdownHeight={360}
          nothingFoundMessage={t('segments:noOptions')}
          onChange={(name) => {
            const chosen = name && name !== rule.field ? fieldOf(catalogue, name) : undefined
            if (chosen) onChange({ ...newRule(chosen), id: rule.id })
          }}
        />
        {!field && <Text className={classes.lost}>{rule.field}</Text>}
        {field?.type === 'behaviour' && <Behaviour {...props} field={field} />}
        {field && field.type !== 'behaviour' && (
          <Comparison rule={rule} part={field} onChange={onChange} words={words} />
        )}
        <Fault sentence={faultOf(errorAt, pointer)} />
      </div>
      <RemoveButton label={t('segments:remove')} onClick={onRemove} />
    </Box>
  )
}

/** A fault may lie at the rule or anywhere in it. */
function faultOf(errorAt: BuilderParts['errorAt'], pointer: string): string | undefined {
  return ['', '/field', '/operator', '/value', '/within', '/measure', '/where']
    .map((end) => errorAt(pointer + end))
    .find(Boolean)
}

function Fault({ sentence }: { sentence: string | undefined }) {
  if (!sentence) return null
  return (
    <Text className={classes.lost} role="alert">
      {sentence}
    </Text>
  )
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} mt={4}>
        <Icon name="close" size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

interface ComparisonProps {
  rule: Rule
  part: PartEntry
  onChange: (rule: Rule) => void
  words: BuilderParts['words']
}

/** Operator and value of anything but a behaviour. A flag has only its answer. */
function Comparison({ rule, part, onChange, words }: ComparisonProps) {
  const { t } = useTexts()
  const kind = valueKindOf(part, rule.operator)
  const setOperator = (operator: string | null) => {
    if (operator) onChange({ ...rule, operator, value: firstValue(part, operator, rule.value) })
  }
  return (
    <>
      {part.operators.length > 1 && (
        <Select
          className={classes.operator ?? ''}
          aria-label={t('segments:operator')}
          value={rule.operator}
          onChange={setOperator}
          allowDeselect={false}
          data={part.operators.map(({ name }) => ({ value: name, label: words.operator(name, part.type) }))}
        />
      )}
      <RuleValue
        part={part}
        kind={kind}
        value={rule.value}
        onChange={(value) => onChange({ ...rule, value })}
        words={words}
      />
    </>
  )
}

function Behaviour(props: ConditionRuleProps & { field: FieldEntry }) {
  const { rule, field, onChange, words } = props
  const { t } = useTexts()
  const measure = field.measures?.find(({ name }) => name === (rule.measure ?? 'count'))
  const measured: PartEntry = {
    ...field,
    type: measure?.type ?? 'number',
    integer: measure?.integer ?? true,
    ...(measure?.unit ? { unit: measure.unit } : {}),
  }
  const setWithin = (within: Rule['within']) => {
    const { within: _before, ...rest } = rule
    onChange(within ? { ...rest, within } : rest)
  }
  return (
    <>
      {(field.measures?.length ?? 0) > 1 && (
        <Select
          className={classes.operator ?? ''}
          aria-label={t('segments:measure')}
          value={rule.measure ?? 'count'}
          allowDeselect={false}
          data={field.measures!.map(({ name }) => ({ value: name, label: words.measure(field.name, name) }))}
          onChange={(name) => {
            const { measure: _before, ...rest } = rule
            onChange(name && name !== 'count' ? { ...rest, measure: name } : rest)
          }}
        />
      )}
      <Comparison rule={rule} part={measured} onChange={onChange} words={words} />
      <WindowInput value={rule.within} onChange={setWithin} canBeEver future={comingFields.has(field.name)} />
      <Where {...props} />
    </>
  )
}

/** Which rows are measured: filters that must all hold of the same one. */
function Where({ rule, field, onChange, words }: ConditionRuleProps & { field: FieldEntry }) {
  const { t } = useTexts()
  const filters = field.filters ?? []
  const where = rule.where ?? []
  if (filters.length === 0) return null
  const set = (rules: Rule[]) => {
    const { where: _before, ...rest } = rule
    onChange(rules.length > 0 ? { ...rest, where: rules } : rest)
  }
  const names = filters.map(({ name }) => ({ value: name, label: words.field(name) }))
  const adder = (
    <Select
      key={where.length}
      aria-label={t('segments:addWhere')}
      placeholder={t('segments:addWhere')}
      value={null}
      data={names}
      w={150}
      leftSection={<Icon name="plus" size={14} />}
      variant="unstyled"
      onChange={(name) => {
        const filter = filters.find((one) => one.name === name)
        if (filter) set([...where, newRule(filter)])
      }}
    />
  )
  if (where.length === 0) return adder
  return (
    <div className={classes.where}>
      <Text size="sm" c="dimmed">
        {t('segments:whereTitle')}
      </Text>
      <ul className={classes.rules}>
        {where.map((one, i) => {
          const filter = filters.find(({ name }) => name === one.field)
          return (
            <li key={one.id} className={classes.rule}>
              <div className={classes.parts}>
                <Text className={classes.filter ?? ''}>{words.field(one.field)}</Text>
                {filter && (
                  <Comparison
                    rule={one}
                    part={filter}
                    words={words}
                    onChange={(changed) => set(where.map((old, at) => (at === i ? changed : old)))}
                  />
                )}
              </div>
              <RemoveButton label={t('segments:remove')} onClick={() => set(where.filter((_old, at) => at !== i))} />
            </li>
          )
        })}
      </ul>
      {adder}
    </div>
  )
}
