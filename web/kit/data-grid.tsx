/**
 * A table of rows: search, filters, cursor pages, sorting, download; rows of 36 px, cards on a phone. The first
 * column's cell carries the row's link, stretched over the row, so that a click, a middle click and the keyboard all
 * open it.
 */
import { ActionIcon, Group, Loader, Paper, Skeleton, Table, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState, type ReactNode } from 'react'
import { Chips, chipsOf, ClearChips, type Chip, type Chosen } from './chips.tsx'
import { DownloadButton } from './data-grid-download.tsx'
import { GridCards } from './data-grid-cards.tsx'
import classes from './data-grid.module.css'
import { Door } from './door.tsx'
import { useFormat } from './format.ts'
import { useTexts } from './i18n.ts'
import { Icon } from './icons.tsx'
import { SearchField } from './search-field.tsx'
import { Empty, Failed } from './states.tsx'
import type { List } from './use-call.ts'

export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** The cell in a download; without it the column is not downloaded. */
  value?: (row: Row) => string | number | null | undefined
  align?: 'left' | 'right'
  width?: number | string
  /** 1 always (and the card's first line), 2 from 900 px (and on the card), 3 from 1,200 px only. */
  priority?: 1 | 2 | 3
  /** What one does with the row: on a card it comes last and needs no name. */
  acts?: boolean
  sortable?: boolean
}

/** Which column orders the rows. */
export interface Sort {
  key: string
  descending: boolean
}

export interface DataGridProps<Row> {
  columns: readonly Column<Row>[]
  list: List<Row>
  row_key: (row: Row) => string
  /** The page a row opens. */
  to?: ((row: Row) => string) | undefined
  /** Or what a click on a row does. */
  onOpen?: ((row: Row) => void) | undefined
  /** What the table is, for screen readers. */
  label: string
  search?: { value: string; onChange: (text: string) => void; placeholder: string } | undefined
  /** Fields beside the search. */
  filters?: ReactNode
  /** By what the rows are narrowed down: chips, and the way out where nothing fits. */
  chosen?: Chosen
  /** What is said where nothing fits what is chosen. */
  none_fit?: string
  sort?: Sort | undefined
  onSort?: ((sort: Sort) => void) | undefined
  /** Shown when there is nothing and nothing was searched for. */
  empty?: ReactNode
  /** File name without ending; none: no download. */
  download?: string | undefined
  /** Rows the skeleton shows while the first page is coming. */
  skeleton_rows?: number
}

/** So many columns fit beside the navigation of a small laptop (990 px) only if their names may take two lines. */
const manyColumns = 12

/** The table every list of the console is made of. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { list } = props
  const chips = chipsOf(props.chosen)
  // asked at once, so that a phone never draws the table first
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  return (
    <Paper withBorder radius="md" className={classes.sheet}>
      {(props.search || props.filters || props.download || chips.length > 0) && (
        <GridBar {...props} chips={chips} narrow={narrow} />
      )}
      <GridBody {...props} chips={chips} narrow={narrow} />
      <Pager list={list} />
    </Paper>
  )
}

type Laid<Row> = DataGridProps<Row> & { chips: readonly Chip[]; narrow: boolean }

/** Search, filters, download. On a phone the filters wait behind a button: the rows are what one came for. */
function GridBar<Row>(props: Laid<Row>) {
  const { t } = useTexts()
  const { list, search, filters, chips, narrow } = props
  const [opened, setOpened] = useState(false)
  const others = chips.filter((chip) => !chip.has_field)
  return (
    <Group className={classes.bar} data-slim={(!search && (narrow || !filters)) || undefined} gap="xs">
      {search && <SearchField {...search} busy={list.read.isFetching && !list.read.isPending} />}
      {!narrow && filters}
      {!narrow && <Chips chips={others} />}
      <Group ml="auto" gap={4} wrap="nowrap">
        {narrow && filters && (
          <ActionIcon
            variant={opened ? 'light' : 'subtle'}
            color="gray"
            aria-label={t('kit:filters')}
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            <Icon name="settings" />
          </ActionIcon>
        )}
        {props.download && <DownloadButton name={props.download} columns={props.columns} list={list} />}
      </Group>
      {narrow && opened && (
        <Group gap="xs" className={classes.filters}>
          {filters}
        </Group>
      )}
      {narrow && (opened ? others : chips).length > 0 && (
        <Group gap="xs" className={classes.chosen}>
          <Chips chips={opened ? others : chips} />
        </Group>
      )}
    </Group>
  )
}

function GridBody<Row>(props: Laid<Row>) {
  const { t } = useTexts()
  const { list, search, chips } = props
  if (list.read.isError && !list.rows)
    return <Failed error={list.read.error} retry={() => void list.read.refetch()} />
  if (list.rows && list.rows.length === 0) {
    const clear = chips.length > 0 && <ClearChips chips={chips} />
    if (search?.value) {
      const title = t('kit:emptySearch', { search: search.value })
      return <Empty icon="search" title={title} hint={t('kit:emptySearchHint')} action={clear} />
    }
    if (clear) {
      const title = props.none_fit ?? t('kit:noneFit')
      return <Empty icon="search" title={title} hint={t('kit:noneFitHint')} action={clear} />
    }
    return props.empty ?? <Empty title={t('kit:emptyTitle')} />
  }
  return props.narrow ? <GridCards {...props} /> : <GridTable {...props} />
}

function GridTable<Row>(props: DataGridProps<Row>) {
  const { columns, list, label } = props
  const open = props.onOpen
  return (
    <Table.ScrollContainer minWidth={520} type="native">
      <Table
        className={classes.table}
        data-many={columns.length >= manyColumns || undefined}
        highlightOnHover={Boolean(props.to || open)}
        aria-label={label}
        aria-busy={list.read.isFetching}
        data-old={list.read.isPlaceholderData || undefined}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} {...props} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.rows ? (
            list.rows.map((row) => (
              <Table.Tr key={props.row_key(row)} className={classes.row}>
                {columns.map((column, i) => (
                  <Table.Td key={column.key} data-align={column.align} data-priority={column.priority ?? 1}>
                    <Cell first={i === 0} row={row} column={column} to={props.to} open={open} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))
          ) : (
            <SkeletonRows columns={columns} rows={props.skeleton_rows ?? 12} />
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Cell<Row>(props: {
  first: boolean
  row: Row
  column: Column<Row>
  to: ((row: Row) => string) | undefined
  open: ((row: Row) => void) | undefined
}) {
  const { first, row, column, to, open } = props
  const content = column.render(row)
  if (first && to)
    return (
      <Door to={to(row)} className={classes.opens}>
        {content}
      </Door>
    )
  if (first && open)
    return (
      <UnstyledButton className={classes.opens} onClick={() => open(row)}>
        {content}
      </UnstyledButton>
    )
  return <>{content}</>
}

function HeadCell<Row>({ column, sort, onSort }: DataGridProps<Row> & { column: Column<Row> }) {
  const { t } = useTexts()
  const active = sort?.key === column.key
  const order = active ? (sort.descending ? 'descending' : 'ascending') : undefined
  const sortable = column.sortable && onSort
  return (
    <Table.Th
      data-align={column.align}
      data-priority={column.priority ?? 1}
      w={column.width}
      aria-sort={order}
      scope="col"
    >
      {sortable ? (
        <UnstyledButton
          className={classes.sorts}
          aria-label={t('kit:sortBy', { column: column.title })}
          onClick={() => onSort({ key: column.key, descending: active ? !sort.descending : true })}
        >
          {column.title}
          <Icon name={active ? (sort.descending ? 'down' : 'up') : 'sort'} size={13} />
        </UnstyledButton>
      ) : (
        column.title
      )}
    </Table.Th>
  )
}

function SkeletonRows<Row>({ columns, rows }: { columns: readonly Column<Row>[]; rows: number }) {
  return Array.from({ length: rows }, (_, row) => (
    <Table.Tr key={row} className={classes.row} aria-hidden="true">
      {columns.map((column, i) => (
        <Table.Td key={column.key} data-align={column.align} data-priority={column.priority ?? 1}>
          {/* widths vary, so that it looks like what is coming */}
          <Skeleton h={12} w={`${45 + ((row * 17 + i * 29) % 45)}%`} ml={column.align === 'right' ? 'auto' : 0} />
        </Table.Td>
      ))}
    </Table.Tr>
  ))
}

function Pager<Row>({ list }: { list: List<Row> }) {
  const { t } = useTexts()
  const format = useFormat()
  if (!list.next && !list.previous) return null
  return (
    <Group justify="flex-end" gap={4} className={classes.pager}>
      {list.read.isPlaceholderData && <Loader size="xs" color="gray" aria-label={t('kit:loading')} />}
      <Text size="sm" c="dimmed" px={6}>
        {t('kit:page', { page: format.number(list.page) })}
      </Text>
      <Step label={t('kit:previous')} icon="left" go={list.previous} />
      <Step label={t('kit:next')} icon="right" go={list.next} />
    </Group>
  )
}

function Step({ label, icon, go }: { label: string; icon: 'left' | 'right'; go: (() => void) | null }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={!go} onClick={() => go?.()}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  )
}
