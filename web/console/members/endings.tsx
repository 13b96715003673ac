/** Two accounts become one, a person is forgotten, all that is kept is handed out. The address says which is open. */
import { Button, Group, Menu, Modal, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import { call, touch, type Answer, type Row } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { saveFile } from '../../kit/download.ts'
import { useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { SearchField } from '../../kit/search-field.tsx'
import { Refused, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import type { Profile } from './detail-page.tsx'

type Found = Row<'GET /v1/admin/members'>
type Tried = Answer<'POST /v1/admin/members/:member_id/merge'>

/** Hits one chooses from; who is not among them is searched for with another letter. */
const shownHits = 6

/** Which of these steps this person may take; none: no menu for them. */
export function useEndings(): ('merge' | 'export' | 'erase')[] {
  const may = useMay()
  return (['merge', 'export', 'erase'] as const).filter((step) => may(`members:${step}`))
}

/** Lines of the page's menu. */
export function EndingItems({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const [, setAddress] = useAddress()
  const steps = useEndings()
  const { member_id, number } = profile.member
  const save = async () => {
    const all = await call('GET /v1/admin/members/:member_id/export', { params: { member_id } })
    saveFile(`member-${number}.json`, JSON.stringify(all, null, 2), 'application/json')
  }
  return (
    <>
      {steps.includes('merge') && (
        <Menu.Item leftSection={<Icon name="members" size={16} />} onClick={() => setAddress({ do: 'merge' })}>
          {t('members:endings.merge')}
        </Menu.Item>
      )}
      {steps.includes('export') && (
        <Menu.Item leftSection={<Icon name="download" size={16} />} onClick={() => void save()}>
          {t('members:endings.export')}
        </Menu.Item>
      )}
      {steps.includes('erase') && (
        <Menu.Item
          color="red"
          leftSection={<Icon name="warning" size={16} />}
          onClick={() => setAddress({ do: 'erase' })}
        >
          {t('members:endings.erase')}
        </Menu.Item>
      )}
    </>
  )
}

/** The dialogs behind them. */
export function Endings({ profile, name }: { profile: Profile; name: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const [address, setAddress] = useAddress()
  const close = () => setAddress({ do: null, with: null })
  const { member_id } = profile.member
  const erase = async () => {
    await call('POST /v1/admin/members/:member_id/erase', { params: { member_id } })
    go('/members', { replace: true })
    await touch('members', 'seen')
  }
  const orders = profile.statistics?.order_count ?? 0
  return (
    <>
      <Modal
        opened={address['do'] === 'merge'}
        onClose={close}
        title={t('members:endings.mergeTitle', { name })}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        <Merge profile={profile} name={name} close={close} />
      </Modal>
      <Confirm
        opened={address['do'] === 'erase'}
        close={close}
        title={t('members:endings.eraseTitle', { name })}
        verb={t('members:endings.eraseVerb')}
        dangerous
        act={erase}
      >
        <Stack gap="xs">
          <Text>{t('members:endings.eraseGoes')}</Text>
          <Text>{t('members:endings.eraseStays', { count: orders, orders: format.number(orders) })}</Text>
          <Text fw={600}>{t('members:endings.final')}</Text>
        </Stack>
      </Confirm>
    </>
  )
}

/** First who, then what it would do, tried by the program itself; then the step. */
function Merge({ profile, name, close }: { profile: Profile; name: string; close: () => void }) {
  const { t } = useTexts()
  const [other, setOther] = useState<Found | null>(null)
  const [tried, setTried] = useState<Tried | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const { member_id } = profile.member
  const send = async (wanted: Found, dry_run: boolean) => {
    setBusy(true)
    setError(null)
    try {
      const input = { params: { member_id }, body: { merge: [wanted.member_id] } }
      const answer = await call('POST /v1/admin/members/:member_id/merge', input, { dry_run })
      if (dry_run) setTried(answer)
      else {
        close()
        await touch('members')
      }
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  const choose = (wanted: Found) => {
    setOther(wanted)
    setTried(null)
    void send(wanted, true)
  }
  return (
    <Stack gap="md">
      <Text size="sm">{t('members:endings.mergeHint', { name })}</Text>
      {other === null && <Choose own={member_id} choose={choose} />}
      {other !== null && tried === null && !error && <TextSkeleton lines={4} />}
      {other !== null && tried !== null && (
        <Outcome tried={tried} name={name} other={nameOf(other, t('members:unnamed'))} />
      )}
      {error ? <Refused error={error} /> : null}
      <Group justify="flex-end" gap="xs">
        {other !== null && (
          <Button variant="subtle" color="gray" disabled={busy} onClick={() => setOther(null)}>
            {t('members:endings.another')}
          </Button>
        )}
        <Button variant="default" onClick={close} disabled={busy}>
          {t('kit:cancel')}
        </Button>
        <Button
          color="red"
          disabled={!other || !tried}
          loading={busy && tried !== null}
          onClick={() => void send(other!, false)}
        >
          {t('members:endings.mergeVerb')}
        </Button>
      </Group>
    </Stack>
  )
}

function nameOf(one: Found, unnamed: string): string {
  return one.display_name ?? one.phone ?? one.email ?? unnamed
}

function Choose({ own, choose }: { own: string; choose: (wanted: Found) => void }) {
  const { t } = useTexts()
  const [address] = useAddress()
  // whoever comes from the list of likely doubles need not search again
  const [search, setSearch] = useState(address['with'] ?? '')
  const read = useCall(
    'GET /v1/admin/members',
    { query: { search, limit: shownHits + 1 } },
    { enabled: search.trim() !== '' },
  )
  const hits = search.trim() === '' ? [] : (read.data?.data ?? []).filter((one) => one.member_id !== own)
  return (
    <Stack gap={4}>
      <SearchField
        value={search}
        onChange={setSearch}
        placeholder={t('members:searchPlaceholder')}
        busy={read.isFetching}
      />
      {search.trim() !== '' && read.data && hits.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('members:endings.nobody')}
        </Text>
      )}
      {hits.slice(0, shownHits).map((one) => (
        <UnstyledButton key={one.member_id} py={6} onClick={() => choose(one)}>
          <Text fw={600} span>
            {nameOf(one, t('members:unnamed'))}
          </Text>{' '}
          <Text size="sm" c="dimmed" span>
            {[t('members:number', { number: one.number }), one.phone, one.email].filter(Boolean).join(' · ')}
          </Text>
        </UnstyledButton>
      ))}
    </Stack>
  )
}

/** What would move and how the kept one stands afterwards, in figures. */
function Outcome({ tried, name, other }: { tried: Tried; name: string; other: string }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { moved, after, consents_withdrawn } = tried
  const points = moved.active_points + moved.pending_points
  const tier = after.tier_names ? nameIn(after.tier_names, language, after.tier_code ?? '') : null
  return (
    <Stack gap="xs">
      <Text>
        {t('members:endings.moves', {
          other,
          name,
          count: moved.orders,
          orders: format.number(moved.orders),
          net: format.money(moved.net_minor),
          points: format.points(points),
        })}
      </Text>
      <Text>
        {t('members:endings.afterwards', {
          name,
          count: after.order_count,
          orders: format.number(after.order_count),
          net: format.money(after.net_minor),
          points: format.points(after.active_points),
        })}{' '}
        {tier && t('members:endings.tier', { tier })}
      </Text>
      {consents_withdrawn.length > 0 && (
        <Text>
          {t('members:endings.withdrawn', {
            channels: consents_withdrawn
              .map((one) => textOf(`members:consents.channels.${one.channel}`, one.channel))
              .join(' · '),
          })}
        </Text>
      )}
      <Text fw={600}>{t('members:endings.final')}</Text>
    </Stack>
  )
}
