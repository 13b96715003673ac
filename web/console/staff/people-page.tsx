/** Who may sign in, and as what? */
import { Button, Group, Menu, Modal, Text } from '@mantine/core'
import { useState } from 'react'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch, type Row } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Day } from '../../kit/moment.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay, useSession } from '../session.tsx'
import { PersonForm } from './edit-form.tsx'
import { ShownOnce } from './once.tsx'
import { StaffTabs } from './tabs.tsx'

export type Person = Row<'GET /v1/admin/staff'>
interface Link {
  person: Person
  address: string
  expires_at: string
}

export default function PeoplePage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const writes = may('staff:write')
  const list = useList('GET /v1/admin/staff')
  const [edited, setEdited] = useState<Person | 'new' | null>(null)
  const [disabled, setDisabled] = useState<Person | null>(null)
  const [link, setLink] = useState<Link | null>(null)
  const active = list.rows?.filter(({ disabled_at }) => disabled_at === null).length ?? 0
  const makeLink = async (person: Person) => {
    const made = await call('POST /v1/admin/staff/:staff_id/sign-in-links', { params: { staff_id: person.staff_id } })
    setLink({ person, address: window.location.origin + made.path, expires_at: made.expires_at })
  }
  const columns = useColumns({ writes, makeLink, disable: setDisabled })
  return (
    <Page
      title={t('staff:title')}
      question={t('staff:question')}
      answer={list.rows && <Sentence text={t('staff:answer', { count: active, people: format.number(active) })} />}
      action={writes && <PrimaryAction label={t('staff:invite')} icon="plus" onClick={() => setEdited('new')} />}
    >
      <StaffTabs shown="people" />
      <DataGrid
        columns={columns}
        list={list}
        label={t('staff:tabs.people')}
        row_key={(row) => row.staff_id}
        skeleton_rows={5}
        onOpen={writes ? (row) => setEdited(row) : undefined}
      />
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
        title={edited === 'new' || !edited ? t('staff:inviteTitle') : t('staff:changeTitle', { name: edited.name })}
      >
        {edited && (
          <PersonForm
            person={edited === 'new' ? null : edited}
            close={() => setEdited(null)}
            invited={(person) => void makeLink(person)}
          />
        )}
      </Modal>
      <Disabling person={disabled} close={() => setDisabled(null)} />
      <ShownOnce
        secret={link?.address ?? null}
        close={() => setLink(null)}
        copy={t('staff:linkCopy')}
        title={t('staff:linkTitle', { name: link?.person.name ?? '' })}
        text={t('staff:linkText', { name: link?.person.name ?? '', until: format.moment(link?.expires_at) })}
      />
    </Page>
  )
}

function Disabling({ person, close }: { person: Person | null; close: () => void }) {
  const { t } = useTexts()
  const name = person?.name ?? ''
  const disable = async () => {
    if (!person) return
    await call('PATCH /v1/admin/staff/:staff_id', { params: { staff_id: person.staff_id }, body: { disabled: true } })
    await touch('staff')
  }
  return (
    <Confirm
      opened={person !== null}
      close={close}
      title={t('staff:disableTitle', { name })}
      verb={t('staff:disable')}
      dangerous
      act={disable}
    >
      {t('staff:disableText')}
    </Confirm>
  )
}

interface Acts {
  writes: boolean
  makeLink: (person: Person) => Promise<void>
  disable: (person: Person) => void
}

function useColumns({ writes, makeLink, disable }: Acts): Column<Person>[] {
  const { t } = useTexts()
  const { staff } = useSession()
  return [
    {
      key: 'name',
      title: t('staff:name'),
      render: (row) => (
        <Group gap={6} component="span">
          {row.name}
          {staff?.staff_id === row.staff_id && (
            <Text span size="sm" c="dimmed">
              ({t('staff:you')})
            </Text>
          )}
        </Group>
      ),
    },
    { key: 'email', title: t('staff:email'), priority: 2, render: (row) => row.email },
    { key: 'role', title: t('staff:role'), render: (row) => t(`shell:roles.${row.role}`) },
    {
      key: 'state',
      title: t('staff:state'),
      render: (row) =>
        row.disabled_at ? (
          <StateBadge tone="bad">{t('staff:disabled')}</StateBadge>
        ) : (
          <StateBadge tone="good">{t('staff:active')}</StateBadge>
        ),
    },
    { key: 'since', title: t('staff:since'), priority: 3, render: (row) => <Day on={row.created_at} /> },
    ...(writes
      ? [
          {
            key: 'more',
            title: t('kit:more'),
            acts: true,
            align: 'right' as const,
            render: (row: Person) => <PersonMenu person={row} makeLink={makeLink} disable={disable} />,
          },
        ]
      : []),
  ]
}

interface PersonMenuProps extends Omit<Acts, 'writes'> {
  person: Person
}

function PersonMenu({ person, makeLink, disable }: PersonMenuProps) {
  const { t } = useTexts()
  const { staff } = useSession()
  const enable = async () => {
    await call('PATCH /v1/admin/staff/:staff_id', {
      params: { staff_id: person.staff_id },
      body: { disabled: false },
    })
    await touch('staff')
  }
  return (
    // above the row's own link, which is stretched over it
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          style={{ position: 'relative', zIndex: 1 }}
          aria-label={`${t('kit:more')}: ${person.name}`}
        >
          <Icon name="more" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {person.disabled_at ? (
          <Menu.Item onClick={() => void enable()}>{t('staff:enable')}</Menu.Item>
        ) : (
          <>
            <Menu.Item leftSection={<Icon name="key" size={15} />} onClick={() => void makeLink(person)}>
              {t('staff:newLink')}
            </Menu.Item>
            {staff?.staff_id !== person.staff_id && (
              <Menu.Item color="red" onClick={() => disable(person)}>
                {t('staff:disable')}
              </Menu.Item>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
