/** When do members get something by themselves, and what does it come to? */
import { Stack } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { Presets } from './presets-part.tsx'
import { useMomentColumns } from './table.tsx'
import { useMomentState } from './words.ts'

export default function MomentsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const adds = useMay()('gifts:write')
  const list = useList('GET /v1/admin/moments')
  const columns = useMomentColumns()
  const stateOf = useMomentState()
  const rows = list.rows ?? []
  const sum = (of: 'given' | 'cost_minor') => rows.reduce((all, row) => all + row[of], 0)
  const active = rows.filter((row) => stateOf(row) === 'active').length
  return (
    <Page
      title={t('moments:title')}
      question={t('moments:question')}
      as_of={list.rows ? list.read.dataUpdatedAt : null}
      answer={
        rows.length > 0 &&
        t('moments:answer', {
          active: format.number(active),
          given: format.number(sum('given')),
          amount: format.money(sum('cost_minor')),
        })
      }
      action={adds && <PrimaryAction label={t('moments:add')} icon="plus" to="/moments/new" />}
    >
      <Stack gap="lg">
        <DataGrid
          columns={columns}
          list={list}
          label={t('moments:title')}
          row_key={(row) => row.moment_id}
          onOpen={(row) => go(`/moments/${row.moment_id}`)}
          download="moments"
          skeleton_rows={5}
          empty={<Empty icon="clock" title={t('moments:empty')} hint={t('moments:emptyHint')} />}
        />
        {adds && list.rows && (
          <Section title={t('moments:presets.title')} bare>
            <Presets />
          </Section>
        )}
      </Stack>
    </Page>
  )
}
