/** A list on a phone: one card a row, the first column as its name, the next as named values. */
import { Box, Group, Skeleton, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './data-grid.module.css'
import type { Column, DataGridProps } from './data-grid.tsx'
import { Door } from './door.tsx'
import { Icon } from './icons.tsx'

/** Rows while the first page is coming: about one screen. */
const skeletonCards = 7

export function GridCards<Row>(props: DataGridProps<Row>) {
  const { columns, list, to, onOpen } = props
  const [first, ...rest] = columns
  if (!first) return null
  const shown = rest.filter((column) => (column.priority ?? 1) < 3)
  if (!list.rows) {
    return (
      <Box className={classes.cards} aria-hidden="true">
        {Array.from({ length: skeletonCards }, (_, row) => (
          <Box key={row} className={classes.card}>
            <Skeleton h={14} w="45%" mb={8} />
            <Skeleton h={12} w="75%" />
          </Box>
        ))}
      </Box>
    )
  }
  return (
    <Box component="ul" className={classes.cards} m={0} p={0} style={{ listStyle: 'none' }} aria-label={props.label}>
      {list.rows.map((row) => (
        <li key={props.row_key(row)} className={classes.card}>
          <Group justify="space-between" wrap="nowrap">
            <Text component="div" fw={600} miw={0} truncate="end">
              {to ? (
                <Door to={to(row)} className={classes.opens}>
                  {first.render(row)}
                </Door>
              ) : onOpen ? (
                <UnstyledButton className={classes.opens} onClick={() => onOpen(row)}>
                  {first.render(row)}
                </UnstyledButton>
              ) : (
                first.render(row)
              )}
            </Text>
            {(to || onOpen) && (
              <Box c="dimmed" style={{ lineHeight: 0 }}>
                <Icon name="right" size={16} />
              </Box>
            )}
          </Group>
          <Pairs row={row} columns={shown} />
        </li>
      ))}
    </Box>
  )
}

function Pairs<Row>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  return (
    <dl className={classes.pairs}>
      {columns.map((column) => (
        <Pair key={column.key} name={column.title} acts={column.acts ?? false} value={column.render(row)} />
      ))}
    </dl>
  )
}

function Pair({ name, acts, value }: { name: string; acts: boolean; value: ReactNode }) {
  if (acts && !value) return null
  return (
    <div data-acts={acts || undefined}>
      <dt className={acts ? 'rg-hidden' : undefined}>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
