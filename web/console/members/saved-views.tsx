/** Filters and searches kept under a name; each person has their own. */
import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useAddress } from '../../kit/address.ts'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useSession } from '../session.tsx'
import { filterKeys } from './filters.tsx'

const noun = 'members'

export function SavedViews() {
  const { t } = useTexts()
  const { staff } = useSession()
  const [opened, setOpened] = useState(false)
  const read = useCall('GET /v1/admin/saved-views', { query: { noun } }, { enabled: staff !== null })
  const drop = useWrite('DELETE /v1/admin/saved-views/:view_id')
  // an API key has no views of its own
  if (!staff) return null
  const views = read.data?.data ?? []
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened(!opened)} rightSection={<Icon name="down" size={14} />}>
          {t('members:views')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('members:views')}>
        <Stack gap="xs">
          {views.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('members:viewsNone')}
            </Text>
          )}
          {views.map(({ view_id, name, query }) => (
            <Group key={view_id} justify="space-between" wrap="nowrap" gap={4}>
              <Door
                to={addressOf(query)}
                onClick={() => setOpened(false)}
                className="rg-plain"
                style={{ flex: 1, padding: '4px 0' }}
              >
                {name}
              </Door>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('members:viewDrop', { name })}
                onClick={() => drop.mutate({ params: { view_id } })}
              >
                <Icon name="close" size={14} />
              </ActionIcon>
            </Group>
          ))}
          <SaveView done={() => setOpened(false)} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function SaveView({ done }: { done: () => void }) {
  const { t } = useTexts()
  const [address] = useAddress()
  const [name, setName] = useState('')
  const save = useWrite('POST /v1/admin/saved-views', { done })
  const query = Object.fromEntries(
    Object.entries(address).filter(([key]) => key === 'search' || (filterKeys as readonly string[]).includes(key)),
  )
  if (Object.keys(query).length === 0) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) save.mutate({ body: { noun, name: name.trim(), query } })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={6}>
        <Group gap={6} wrap="nowrap">
          <TextInput
            flex={1}
            size="xs"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            placeholder={t('members:viewName')}
            aria-label={t('members:viewName')}
            maxLength={100}
            data-autofocus
          />
          <Button size="xs" type="submit" loading={save.isPending} disabled={!name.trim()}>
            {t('members:viewSave')}
          </Button>
        </Group>
        {save.error && <Refused error={save.error} />}
      </Stack>
    </form>
  )
}

function addressOf(query: Record<string, unknown>): string {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString()
  return `/members${text ? `?${text}` : ''}`
}
