/** By what a list is narrowed down, as chips. All of it lives in the address: who takes a chip away changes that. */
import { Button, Pill } from '@mantine/core'
import { useAddress } from './address.ts'
import { useTexts } from './i18n.ts'

export interface Chip {
  text: string
  /** Names of the address's query that leave with it. */
  drops: readonly [string, ...string[]]
  /** A field beside the search shows it too: the chip is then for where the fields are hidden, on a phone. */
  has_field?: boolean
}

/** A list of chips as pages write it: what does not hold at the moment is nothing. */
export type Chosen = readonly (Chip | false | null | undefined | '' | 0)[]

/** Those of `chosen` that hold. */
export function chipsOf(chosen: Chosen | undefined): Chip[] {
  return (chosen ?? []).filter((chip): chip is Chip => typeof chip === 'object' && chip !== null)
}

/** Each can be taken away by itself. */
export function Chips({ chips }: { chips: readonly Chip[] }) {
  const { t } = useTexts()
  const drop = useDrop()
  return chips.map((chip) => (
    <Pill
      key={chip.drops[0]}
      withRemoveButton
      onRemove={() => drop([chip])}
      size="md"
      maw="100%"
      removeButtonProps={{ 'aria-label': t('kit:drop', { filter: chip.text }), tabIndex: 0, 'aria-hidden': false }}
    >
      {chip.text}
    </Pill>
  ))
}

/** The way out of a list that shows nothing because of them. */
export function ClearChips({ chips }: { chips: readonly Chip[] }) {
  const { t } = useTexts()
  const drop = useDrop()
  return (
    <Button variant="default" onClick={() => drop(chips)}>
      {t('kit:clearFilters')}
    </Button>
  )
}

function useDrop(): (chips: readonly Chip[]) => void {
  const [, setAddress] = useAddress()
  return (chips) => setAddress(Object.fromEntries(chips.flatMap(({ drops }) => drops).map((name) => [name, null])))
}
