/** Where members stand by their own rhythm, and how many turned this week. Each number opens them. */
import { Box, Group, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { MemberState } from '../members/table.tsx'
import { stateNames, type StateName } from '../members/words.ts'
import { all, inStates, peopleAddress } from '../people.ts'
import type { Today } from './page.tsx'

export function States({ states }: { states: Today['states'] }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Section title={t('today:statesTitle')} hint={t('today:statesHint')}>
      <Group gap="xl">
        {stateNames.map((state) => (
          <Box key={state} miw={92}>
            <MemberState state={state} />
            <Text fz={20} fw={620} className="rg-figures">
              <NumberDoor value={format.number(states[state] ?? 0)} to={`/members?kind=member&state=${state}`} />
            </Text>
          </Box>
        ))}
      </Group>
    </Section>
  )
}

/** "41 got drowsy, 12 came back": who stands there since this week. */
export function Turns({ turned }: { turned: Today['turned'] }) {
  const { t } = useTexts()
  const format = useFormat()
  const known = turned.filter((turn): turn is { to: StateName; members: number } =>
    (stateNames as readonly string[]).includes(turn.to),
  )
  if (known.length === 0) return null
  const list = format.list(
    known.map(({ to, members }) => t(`today:turns.${to}`, { count: format.number(members) as never })),
  )
  const since = { field: 'state_since', operator: 'within', value: { last: 7, unit: 'day' } }
  const doors = Object.fromEntries(known.map(({ to }) => [`to_${to}`, peopleAddress(all(inStates(to), since))]))
  return (
    <Text component="div" c="dimmed">
      <Sentence text={t('today:turned', { list })} doors={doors} />
    </Text>
  )
}
