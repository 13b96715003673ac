/** One company: who orders, pays and uses, and what was bought in its name. */
import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import { call, touch, type Answer, type Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { problemSentence } from '../../kit/problem.ts'
import { BlockSkeleton, Empty, Failed } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { CompanyDialog, PersonDialog } from './edit-form.tsx'

type Detail = Answer<'GET /v1/admin/companies/:company_id'>
type Person = Detail['people'][number]
type Order = Row<'GET /v1/admin/companies/:company_id/orders'>

export default function CompanyPage() {
  const { t } = useTexts()
  const company_id = usePathParam('company_id')
  const read = useCall('GET /v1/admin/companies/:company_id', { params: { company_id } }, { keep: false })
  const above = [{ title: t('companies:title'), to: '/companies' }]
  if (read.data) return <Inside detail={read.data} above={above} as_of={read.dataUpdatedAt} />
  return (
    <Page title={t('companies:title')} above={above}>
      {read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={320} />
      )}
    </Page>
  )
}

function Inside(props: { detail: Detail; above: { title: string; to: string }[]; as_of: number }) {
  const { t } = useTexts()
  const may = useMay()
  const { company, people } = props.detail
  const { company_id } = company
  const [asking, setAsking] = useState<'edit' | 'person' | null>(null)
  const orders = useList(
    'GET /v1/admin/companies/:company_id/orders',
    { params: { company_id }, query: {} },
    { enabled: may('orders:read') },
  )
  const writes = may('members:write')
  const close = () => setAsking(null)
  return (
    <Page
      title={company.name ?? t('companies:title')}
      question={[company.tax_id ? `${t('companies:taxId')} ${company.tax_id}` : '', company.notes]
        .filter(Boolean)
        .join(' · ')}
      above={props.above}
      as_of={props.as_of}
      action={
        writes && <PrimaryAction label={t('companies:addPerson')} icon="plus" onClick={() => setAsking('person')} />
      }
      actions={
        <Group gap="xs">
          <Button component={Door} to={`/members/${company_id}`} variant="default">
            {t('companies:account')}
          </Button>
          {writes && (
            <Button variant="default" onClick={() => setAsking('edit')}>
              {t('companies:edit')}
            </Button>
          )}
        </Group>
      }
    >
      <Section title={t('companies:people')}>
        <People company_id={company_id} people={people} writes={writes} />
      </Section>
      {may('orders:read') && (
        <DataGrid
          columns={useOrderColumns()}
          list={orders}
          label={t('companies:orders')}
          row_key={(row) => row.order_id}
          to={(row) => `/orders/${row.order_id}`}
          download="company-orders"
          empty={<Empty icon="orders" title={t('companies:noOrders')} />}
        />
      )}
      <CompanyDialog edited={asking === 'edit' ? company : null} close={close} />
      <PersonDialog company_id={company_id} opened={asking === 'person'} close={close} />
    </Page>
  )
}

function People({ company_id, people, writes }: { company_id: string; people: Person[]; writes: boolean }) {
  const { t } = useTexts()
  const format = useFormat()
  const [error, setError] = useState<string | null>(null)
  const leave = async ({ member_id, role }: Person) => {
    try {
      const params = { company_id, member_id }
      await call('POST /v1/admin/companies/:company_id/people/:member_id/leave', { params, body: { role } })
      setError(null)
      await touch('companies')
    } catch (thrown) {
      setError(problemSentence(thrown))
    }
  }
  if (people.length === 0) return <Text c="dimmed">{t('companies:noPeople')}</Text>
  return (
    <Stack gap="xs">
      {error && (
        <Text size="sm" c="var(--rg-bad)" role="alert">
          {error}
        </Text>
      )}
      <Table verticalSpacing={6} aria-label={t('companies:people')}>
        <Table.Tbody>
          {people.map((one) => (
            <Table.Tr key={`${one.member_id} ${one.role} ${one.since}`}>
              <Table.Th scope="row" fw={400}>
                <Door className="rg-door" to={`/members/${one.member_id}`}>
                  {one.display_name ?? t('members:unnamed')}
                </Door>
                <Text size="sm" c="dimmed" component="div">
                  {[
                    `${t('companies:since')} ${format.day(one.since)}`,
                    one.until && t('companies:left', { day: format.day(one.until) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
              </Table.Th>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{t(`companies:roles.${one.role}`)}</Table.Td>
              <Table.Td ta="right">
                {writes && one.until === null && (
                  <Button size="compact-xs" variant="default" onClick={() => void leave(one)}>
                    {t('companies:leave')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}

function useOrderColumns(): Column<Order>[] {
  const { t } = useTexts()
  const format = useFormat()
  const person = (part: 'buyer' | 'payer' | 'user', priority: 2 | 3): Column<Order> => ({
    key: part,
    title: t(`companies:${part}`),
    priority,
    render: (row) => (row[`${part}_id`] ? (row[`${part}_name`] ?? t('members:unnamed')) : nothing),
    value: (row) => row[`${part}_name`],
  })
  return [
    { key: 'order', title: t('companies:order'), render: (row) => row.source_id, value: (row) => row.source_id },
    person('buyer', 2),
    person('payer', 3),
    person('user', 3),
    {
      key: 'credited',
      title: t('companies:credited'),
      priority: 2,
      render: (row) => t(`companies:credits.${row.credited}`),
      value: (row) => row.credited,
    },
    {
      key: 'net',
      title: t('orders:one.paid'),
      align: 'right',
      render: (row) => format.money(row.net_minor - row.refunded_minor),
      value: (row) => row.net_minor - row.refunded_minor,
    },
    {
      key: 'when',
      title: t('orders:when'),
      priority: 3,
      align: 'right',
      render: (row) => <Moment at={row.occurred_at} />,
      value: (row) => row.occurred_at,
    },
  ]
}
