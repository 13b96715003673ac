/** What do members collect, and what have they paid in before they use it? */
import { Button, Group } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useCardColumns } from './table.tsx'

const kinds = ['stamps', 'value', 'sessions'] as const

export default function CardsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const adds = useMay()('cards:write')
  const [address, setAddress] = useAddress()
  const kind = kinds.find((one) => one === address['kind'])
  const list = useList('GET /v1/admin/cards')
  const columns = useCardColumns()
  const { rows } = list
  const sum = (of: 'cards' | 'rounds' | 'owed_minor') => rows?.reduce((all, row) => all + row[of], 0) ?? 0
  const shown = kind && rows ? { ...list, rows: rows.filter((row) => row.kind === kind) } : list
  return (
    <Page
      title={t('cards:title')}
      question={t('cards:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 &&
        t('cards:answer', {
          cards: format.number(sum('cards')),
          rounds: format.number(sum('rounds')),
          owed: format.money(sum('owed_minor')),
        })
      }
      action={adds && <PrimaryAction label={t('cards:add')} icon="plus" to="/cards/new" />}
    >
      {rows && rows.length > 0 && (
        <Group gap="xs" mb="sm">
          {([undefined, ...kinds] as const).map((one) => (
            <Button
              key={one ?? 'all'}
              size="xs"
              variant={one === kind ? 'light' : 'default'}
              aria-pressed={one === kind}
              onClick={() => setAddress({ kind: one ?? null })}
            >
              {one ? t(`cards:kinds.${one}`) : t('cards:all')}
            </Button>
          ))}
        </Group>
      )}
      <DataGrid
        columns={columns}
        list={shown}
        label={t('cards:title')}
        row_key={(row) => row.card_definition_id}
        onOpen={(row) => go(`/cards/${row.card_definition_id}`)}
        download="cards"
        skeleton_rows={4}
        empty={kind ? <Empty icon="membership" title={t('kit:noneFit')} /> : <NoCards />}
      />
    </Page>
  )
}

function NoCards() {
  const { t } = useTexts()
  const adds = useMay()('cards:write')
  return (
    <Empty
      icon="membership"
      title={t('cards:empty')}
      hint={t('cards:emptyHint')}
      action={
        adds && (
          <Button component={Door} to="/cards/new">
            {t('cards:add')}
          </Button>
        )
      }
    />
  )
}
