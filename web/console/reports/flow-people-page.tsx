/** The members behind one move between states, exactly as the report counts them. */
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMemberColumns } from '../members/table.tsx'
import { stateNames } from '../members/words.ts'

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function FlowPeoplePage() {
  const { t } = useTexts()
  const format = useFormat()
  const address = useAddress()[0]
  const known = (name: string | undefined) => stateNames.find((state) => state === name)
  const { from, to } = address
  const was = known(address['was'])
  const became = known(address['became']) ?? 'active'
  const asked: Input<'GET /v1/admin/reports/flow/members'> = {
    query: { limit: pageSize, became, ...(was ? { was } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) },
  }
  const list = useList('GET /v1/admin/reports/flow/members', asked)
  const period = new URLSearchParams(
    Object.entries({ from, to }).filter((part): part is [string, string] => !!part[1]),
  )
  const words = {
    from: format.day(from),
    to: format.day(to),
    was: was ? t(`members:states.${was}`) : '',
    became: t(`members:states.${became}`),
  }
  return (
    <Page
      title={t('reports:flow.people')}
      above={[
        { title: t('reports:title'), to: '/reports' },
        { title: t('reports:flow.title'), to: `/reports?${period}` },
      ]}
      answer={was ? t('reports:flow.peopleMoved', words) : t('reports:flow.peopleFirst', words)}
    >
      <DataGrid
        label={t('reports:flow.people')}
        columns={useMemberColumns()}
        list={list}
        row_key={(row) => row.member_id}
        to={(row) => `/members/${row.member_id}`}
        download="flow"
        empty={<Empty icon="members" title={t('segments:nobody')} />}
      />
    </Page>
  )
}
