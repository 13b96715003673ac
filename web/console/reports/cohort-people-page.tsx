/** The members behind one cell of the cohorts, exactly as the report counts them. */
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMemberColumns } from '../members/table.tsx'

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function CohortPeoplePage() {
  const { t } = useTexts()
  const format = useFormat()
  const [{ cohort = '', month, activity }] = useAddress()
  const lines = activity === 'lines'
  const asked: Input<'GET /v1/admin/reports/cohorts/members'> = {
    query: { limit: pageSize, cohort, ...(month ? { month } : {}), ...(lines ? { activity: 'lines' } : {}) },
  }
  const list = useList('GET /v1/admin/reports/cohorts/members', asked)
  const words = { cohort: format.month(cohort), month: format.month(month) }
  return (
    <Page
      title={t('reports:cohorts.people')}
      above={[
        { title: t('reports:title'), to: '/reports' },
        { title: t('reports:cohorts.title'), to: `/reports/cohorts${lines ? '?activity=lines' : ''}` },
      ]}
      answer={month ? t('reports:cohorts.peopleAgain', words) : t('reports:cohorts.peopleFirst', words)}
    >
      <DataGrid
        label={t('reports:cohorts.people')}
        columns={useMemberColumns()}
        list={list}
        row_key={(row) => row.member_id}
        to={(row) => `/members/${row.member_id}`}
        download="cohort"
        empty={<Empty icon="members" title={t('segments:nobody')} />}
      />
    </Page>
  )
}
