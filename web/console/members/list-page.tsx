/** Who are your members? Search, filters and views live in the address; every row opens a member. */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Input } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { OursSentence } from '../reports/ours.tsx'
import { useMay } from '../session.tsx'
import { Filters, filtersOf, isFiltered, useChosen } from './filters.tsx'
import { LastSeen } from './last-seen.tsx'
import { SavedViews } from './saved-views.tsx'
import { useMemberColumns } from './table.tsx'

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function MembersListPage() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const search = address['search'] ?? ''
  const filters = filtersOf(address)
  const asked: Input<'GET /v1/admin/members'> = {
    query: { limit: pageSize, ...(search ? { search } : {}), ...filters },
  }
  const list = useList('GET /v1/admin/members', asked)
  return (
    <Page
      title={t('members:title')}
      question={t('members:question')}
      answer={may('reports:read') && !search && !isFiltered(address) && list.rows?.length ? <OursSentence /> : null}
      action={may('members:write') && <PrimaryAction label={t('members:add')} icon="plus" to="/members/new" />}
      actions={
        <>
          {may('members:merge') && (
            <Button variant="subtle" color="gray" component={Door} to="/members/duplicates">
              {t('members:doubles.title')}
            </Button>
          )}
          <SavedViews />
        </>
      }
    >
      <LastSeen />
      <DataGrid
        label={t('members:title')}
        columns={useMemberColumns()}
        list={list}
        row_key={(row) => row.member_id}
        to={(row) => `/members/${row.member_id}`}
        search={{
          value: search,
          onChange: (text) => setAddress({ search: text }),
          placeholder: t('members:searchPlaceholder'),
        }}
        filters={<Filters />}
        chosen={useChosen()}
        none_fit={t('members:noneFit')}
        empty={<NoMembers />}
        download="members"
      />
    </Page>
  )
}

function NoMembers() {
  const { t } = useTexts()
  const may = useMay()
  return (
    <Empty
      icon="members"
      title={t('members:emptyTitle')}
      hint={t('members:emptyHint')}
      action={
        may('imports:write') && (
          <Button component={Door} to="/imports/new">
            {t('members:bring')}
          </Button>
        )
      }
    />
  )
}
