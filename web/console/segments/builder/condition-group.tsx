/** A group of rules: how they combine, each rule, and what can be added. Groups may stand inside groups. */
import { Box, Button, Group as Row, Select, Text } from '@mantine/core'
import { Icon } from '../../../kit/icons.tsx'
import { useTexts } from '../../../kit/i18n.ts'
import {
  emptyGroup,
  fieldOf,
  isGroup,
  newRule,
  ruleCount,
  type Catalogue,
  type Group,
  type Rule,
} from '../condition.ts'
import { grouped, type Words } from '../words.ts'
import classes from './builder.module.css'
import { ConditionRule, RemoveButton } from './condition-rule.tsx'

export interface BuilderParts {
  catalogue: Catalogue
  words: Words
  /** The sentence for a broken place, by JSON pointer into the condition. */
  errorAt: (pointer: string) => string | undefined
}

interface ConditionGroupProps extends BuilderParts {
  group: Group
  onChange: (group: Group) => void
  onRemove?: () => void
  depth?: number
  pointer?: string
}

const ways = { all: ['and', false], any: ['or', false], notAny: ['or', true], none: ['and', true] } as const
type Way = keyof typeof ways

function wayOf({ combinator, not }: Group): Way {
  if (combinator === 'and') return not ? 'none' : 'all'
  return not ? 'notAny' : 'any'
}

export function ConditionGroup(props: ConditionGroupProps) {
  const { group, onChange, onRemove, depth = 1, pointer = '', catalogue, words } = props
  const { t } = useTexts()
  const change = (i: number, node: Group | Rule) =>
    onChange({ ...group, rules: group.rules.map((one, at) => (at === i ? node : one)) })
  const remove = (i: number) => onChange({ ...group, rules: group.rules.filter((_one, at) => at !== i) })
  const choose = (way: string | null) => {
    const [combinator, not] = ways[(way ?? 'all') as Way]
    onChange({ ...group, combinator, not })
  }
  const shared = { catalogue, words, errorAt: props.errorAt }
  return (
    <Box className={depth > 1 ? classes.group : undefined}>
      {(group.rules.length > 1 || group.not || depth > 1) && (
        <Row gap="xs">
          <Select
            aria-label={t('segments:combine')}
            value={wayOf(group)}
            onChange={choose}
            w={230}
            allowDeselect={false}
            data={(Object.keys(ways) as Way[]).map((way) => ({ value: way, label: t(`segments:${way}`) }))}
          />
          {onRemove && <RemoveButton label={t('segments:removeGroup')} onClick={onRemove} />}
        </Row>
      )}
      {group.rules.length === 0 && depth === 1 && (
        <Text c="dimmed" size="sm">
          {t('segments:everybody')}
        </Text>
      )}
      <ul className={classes.rules}>
        {group.rules.map((node, i) => (
          <li key={node.id}>
            {isGroup(node) ? (
              <ConditionGroup
                {...shared}
                group={node}
                depth={depth + 1}
                pointer={`${pointer}/rules/${i}`}
                onRemove={() => remove(i)}
                onChange={(changed) => change(i, changed)}
              />
            ) : (
              <ConditionRule
                {...shared}
                rule={node}
                pointer={`${pointer}/rules/${i}`}
                onChange={(changed) => change(i, changed)}
                onRemove={() => remove(i)}
              />
            )}
          </li>
        ))}
      </ul>
      <Adders {...props} depth={depth} />
    </Box>
  )
}

/** What most brands ask first; a group is born with it, so that there is never an empty one. */
const commonField = 'state'

function Adders({ group, onChange, catalogue, words, depth }: ConditionGroupProps & { depth: number }) {
  const { t } = useTexts()
  const { depth_max: depthMax = 5, rules_max: rulesMax = 100 } = catalogue.limits
  const full = ruleCount(group) >= rulesMax
  const add = (node: Group | Rule) => onChange({ ...group, rules: [...group.rules, node] })
  const addGroup = () => {
    const field = fieldOf(catalogue, commonField) ?? catalogue.fields[0]
    if (field) add({ ...emptyGroup(), combinator: 'or', rules: [newRule(field)] })
  }
  return (
    <Row gap="xs">
      <Select
        aria-label={t('segments:addRule')}
        placeholder={t('segments:addRule')}
        value={null}
        searchable
        w={230}
        disabled={full}
        data={grouped(catalogue.fields, words)}
        leftSection={<Icon name="plus" size={15} />}
        nothingFoundMessage={t('segments:noOptions')}
        onChange={(name) => {
          const field = name && fieldOf(catalogue, name)
          if (field) add(newRule(field))
        }}
        // it chooses and is empty again: a button with a search
        key={group.rules.length}
        maxDropdownHeight={360}
      />
      {depth < depthMax && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<Icon name="plus" size={15} />}
          onClick={addGroup}
          disabled={full}
        >
          {t('segments:addGroup')}
        </Button>
      )}
    </Row>
  )
}
