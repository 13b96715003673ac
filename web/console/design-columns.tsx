/** The columns that lists of designs share: what one is called with what it says, and whether it is given any more. */
import { Text } from '@mantine/core'
import { StateBadge } from '../kit/badge.tsx'
import type { Column } from '../kit/data-grid.tsx'
import { nameIn, useTexts } from '../kit/i18n.ts'

/** A kind of thing that members hold, named in languages. */
interface Design {
  names: Record<string, string>
  status: 'active' | 'stopped'
}

/** Nouns whose words call these columns alike. */
type Noun = 'cards' | 'moments' | 'offers' | 'plans' | 'privileges'

interface DesignColumns<Row extends Design> {
  name: Column<Row>
  status: Column<Row>
}

/** `id` stands in where no name fits the language; `line` says the design in one sentence. */
export function useDesignColumns<Row extends Design>(
  noun: Noun,
  { id, line }: { id: (row: Row) => string; line: (row: Row) => string },
): DesignColumns<Row> {
  const { t, language } = useTexts()
  const nameOf = (row: Row) => nameIn(row.names, language, id(row))
  return {
    name: {
      key: 'name',
      title: t(`${noun}:name`),
      value: nameOf,
      render: (row) => (
        <>
          <Text span size="sm" fw={500} display="block">
            {nameOf(row)}
          </Text>
          <Text span size="xs" c="dimmed" lineClamp={2} style={{ whiteSpace: 'normal' }}>
            {line(row)}
          </Text>
        </>
      ),
    },
    status: {
      key: 'status',
      title: t(`${noun}:status`),
      priority: 2,
      value: (row) => t(`${noun}:statuses.${row.status}`),
      render: (row) => (
        <StateBadge tone={row.status === 'active' ? 'good' : 'quiet'}>
          {t(`${noun}:statuses.${row.status}`)}
        </StateBadge>
      ),
    },
  }
}
