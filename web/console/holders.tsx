/** Who holds something, filtered by state; each row opens its member. */
import { Button, Group } from '@mantine/core'
import { useAddress } from '../kit/address.ts'
import { DataGrid, type Column } from '../kit/data-grid.tsx'
import { useGo } from '../kit/door.tsx'
import { useTexts } from '../kit/i18n.ts'
import { Empty } from '../kit/states.tsx'
import type { List } from '../kit/use-call.ts'

/** The state that the address asks for; none: all. */
export function useStateChoice<State extends string>(states: readonly State[]): State | undefined {
  const [address] = useAddress()
  return states.find((one) => one === address['state'])
}

interface HoldersProps<Row, State extends string> {
  states: readonly State[]
  /** What a state is called; without one: all of them. */
  nameOf: (state: State | undefined) => string
  columns: Column<Row>[]
  list: List<Row>
  label: string
  row_key: (row: Row) => string
  empty: { title: string; hint: string }
}

export function Holders<Row extends { member_id: string }, State extends string>(props: HoldersProps<Row, State>) {
  const { states, nameOf, empty, ...grid } = props
  const { t } = useTexts()
  const go = useGo()
  const [, setAddress] = useAddress()
  const chosen = useStateChoice(states)
  return (
    <>
      <Group gap="xs" mb="sm">
        {[undefined, ...states].map((one) => (
          <Button
            key={one ?? 'all'}
            size="xs"
            variant={one === chosen ? 'light' : 'default'}
            aria-pressed={one === chosen}
            onClick={() => setAddress({ state: one ?? null })}
          >
            {nameOf(one)}
          </Button>
        ))}
      </Group>
      <DataGrid
        {...grid}
        onOpen={(row) => go(`/members/${row.member_id}`)}
        skeleton_rows={5}
        empty={<Empty icon="members" {...(chosen ? { title: t('kit:noneFit') } : empty)} />}
      />
    </>
  )
}
