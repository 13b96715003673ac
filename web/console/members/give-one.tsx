/** Choose one of a list and give it to the member: what is refused is said below the choice. */
import { Button, Group, Select } from '@mantine/core'
import { useState } from 'react'
import { problemSentence } from '../../kit/problem.ts'

interface GiveOneProps {
  label: string
  verb: string
  choices: { value: string; label: string }[]
  /** Gives it; answers a sentence if it could not be given. */
  give: (chosen: string) => Promise<string | null>
}

/** Nothing where there is nothing to give. */
export function GiveOne({ label, verb, choices, give }: GiveOneProps) {
  const [chosen, choose] = useState<string | null>(null)
  const [error, setError] = useState<string | null>(null)
  if (choices.length === 0) return null
  const act = async () => {
    try {
      setError(await give(chosen!))
      choose(null)
    } catch (thrown) {
      setError(problemSentence(thrown))
    }
  }
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Select
        size="xs"
        style={{ flex: 1 }}
        label={label}
        data={choices}
        value={chosen}
        onChange={choose}
        error={error}
      />
      <Button size="xs" variant="default" disabled={chosen === null} onClick={() => void act()}>
        {verb}
      </Button>
    </Group>
  )
}
