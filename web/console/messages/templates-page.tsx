/** What do you say, in each language? Templates, last changed first. */
import { Button, Text } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { languageName, MessageParts } from './parts.tsx'

type TemplateRow = Row<'GET /v1/admin/templates'>
const pageSize = 25

export default function TemplatesPage() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const archived = address['archived'] === 'yes'
  const list = useList('GET /v1/admin/templates', { query: { limit: pageSize, archived } })
  const add = may('messages:write') ? (
    <PrimaryAction label={t('messages:addTemplate')} icon="plus" to="/messages/templates/new" />
  ) : undefined
  const columns = useTemplateColumns()
  return (
    <Page title={t('messages:tabs.templates')} question={t('messages:templatesQuestion')} action={add}>
      <MessageParts here="templates" />
      <DataGrid
        label={t('messages:tabs.templates')}
        columns={columns}
        list={list}
        row_key={(row) => row.template_id}
        to={(row) => `/messages/templates/${row.template_id}`}
        filters={
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            onClick={() => setAddress({ archived: archived ? null : 'yes' })}
          >
            {t(archived ? 'messages:archivedHide' : 'messages:archivedShow')}
          </Button>
        }
        chosen={[archived && { text: t('messages:archivedShow'), drops: ['archived'], has_field: true }]}
        empty={
          <Empty
            icon="note"
            title={t('messages:templatesEmpty')}
            hint={t('messages:templatesEmptyHint')}
            action={
              may('messages:write') && (
                <Button variant="default" component={Door} to="/messages/templates/new">
                  {t('messages:addTemplate')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}

function useTemplateColumns(): Column<TemplateRow>[] {
  const { t, language } = useTexts()
  return [
    { key: 'name', title: t('messages:templateName'), render: (row) => row.name, value: (row) => row.name },
    {
      key: 'medium',
      title: t('messages:medium'),
      render: (row) => t(`messages:mediums.${row.medium}`),
      value: (row) => row.medium,
    },
    {
      key: 'languages',
      title: t('messages:languages'),
      priority: 2,
      value: (row) => Object.keys(row.languages).join(' '),
      render: (row) => (
        <Text span size="sm">
          {Object.keys(row.languages)
            .map((code) => languageName(code, language))
            .join(' · ')}
        </Text>
      ),
    },
    {
      key: 'purpose',
      title: t('messages:purpose'),
      priority: 3,
      value: (row) => row.purpose,
      render: (row) => (
        <Text span size="sm" c="dimmed">
          {t(`messages:purposes.${row.purpose}`)}
        </Text>
      ),
    },
    {
      key: 'version',
      title: t('messages:version'),
      align: 'right',
      priority: 3,
      render: (row) => row.version,
      value: (row) => row.version,
    },
    {
      key: 'changed',
      title: t('messages:changed'),
      align: 'right',
      render: (row) => <Moment at={row.updated_at} />,
      value: (row) => row.updated_at,
    },
  ]
}
