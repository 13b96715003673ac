/** With whom a member shares points, and who joins or leaves by hand. Nothing where nobody shares. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { Door } from '../../kit/door.tsx'
import { TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { AddressDialog } from '../address-dialog.tsx'
import { MemberPicker } from '../messages/member-picker.tsx'
import { useMay } from '../session.tsx'

type Pool = NonNullable<Answer<'GET /v1/admin/members/:member_id/pool'>['pool']>
type Mate = Pool['members'][number]

interface OfMember {
  member_id: string
  name: string
}

export function PoolPart({ member_id, name }: OfMember) {
  const { t } = useTexts()
  const may = useMay()
  const nameOf = useNameOf()
  const [, setAddress] = useAddress()
  const read = useCall('GET /v1/admin/members/:member_id/pool', { params: { member_id } })
  const rules = useCall('GET /v1/admin/point-pool-rules', {})
  const rule = rules.data?.data.find((version) => version.in_force)?.rule
  const pool = read.data?.pool ?? null
  if (!read.data || (!pool && !rule?.is_on)) return null
  const writes = may('points:write')
  const isFull = pool !== null && pool.members.length >= (rule?.members_max ?? 0)
  const act = pool ? 'pool-add' : 'pool-found'
  return (
    <Section
      title={t('points:pools.part.title')}
      aside={
        writes &&
        rule?.is_on &&
        !isFull && (
          <Button size="xs" variant="default" onClick={() => setAddress({ do: act })}>
            {t(pool ? 'points:pools.part.add' : 'points:pools.part.found')}
          </Button>
        )
      }
    >
      {pool ? (
        <InPool pool={pool} member_id={member_id} />
      ) : (
        <Text size="sm" c="dimmed">
          {t('points:pools.part.none')}
        </Text>
      )}
      <AddressDialog name="pool-found" title={t('points:pools.part.foundTitle', { name })}>
        {(close) => <FoundForm member_id={member_id} close={close} />}
      </AddressDialog>
      <AddressDialog name="pool-add" title={t('points:pools.part.addTitle', { name: nameOf(pool) })}>
        {(close) => <AddForm member_id={member_id} close={close} />}
      </AddressDialog>
    </Section>
  )
}

/** What a pool is called; one whose head was forgotten has no name any more. */
function useNameOf(): (pool: Pool | null) => string {
  const { t } = useTexts()
  return (pool) => pool?.name || t('points:pools.part.unnamed')
}

function InPool({ pool, member_id }: { pool: Pool; member_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const nameOf = useNameOf()
  const [leaving, setLeaving] = useState<Mate | null>(null)
  const called = ({ display_name, number }: Mate) => display_name ?? t('members:number', { number })
  const leave = async (mate: Mate) => {
    await call('DELETE /v1/admin/members/:member_id/pool', { params: { member_id: mate.member_id } })
    await touch('members')
  }
  return (
    <Stack gap="xs">
      <Text size="sm">
        <b>{nameOf(pool)}</b> · {t('points:pools.part.together', { points: format.points(pool.available) })}
      </Text>
      {pool.members.map((mate) => (
        <Group key={mate.member_id} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" component="div" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
            {mate.member_id === member_id ? (
              called(mate)
            ) : (
              <Door to={`/members/${mate.member_id}`}>{called(mate)}</Door>
            )}
            {mate.is_head && (
              <Text span size="xs" c="dimmed">
                {' '}
                {t('points:pools.part.head')}
              </Text>
            )}
          </Text>
          <Group gap="xs" wrap="nowrap" style={{ flex: 'none' }}>
            <Text size="sm">{format.points(mate.available)}</Text>
            {may('points:write') && (
              <Button
                size="compact-xs"
                variant="subtle"
                color="gray"
                aria-label={`${t('points:pools.part.leave')}: ${called(mate)}`}
                onClick={() => setLeaving(mate)}
              >
                ×
              </Button>
            )}
          </Group>
        </Group>
      ))}
      <Confirm
        opened={leaving !== null}
        close={() => setLeaving(null)}
        title={t('points:pools.part.leaveTitle', { name: leaving ? called(leaving) : '' })}
        verb={t('points:pools.part.leave')}
        act={() => leave(leaving!)}
      >
        <Text>{t('points:pools.part.leaveText')}</Text>
      </Confirm>
    </Stack>
  )
}

function FoundForm({ member_id, close }: { member_id: string; close: () => void }) {
  const { t } = useTexts()
  const form = useForm<{ name: string }>({
    initial: { name: '' },
    check: ({ name }) => ({ ...(name.trim() ? {} : { '/name': t('points:pools.part.needName') }) }),
    save: async ({ name }) => {
      await call('POST /v1/admin/members/:member_id/pool', { params: { member_id }, body: { name: name.trim() } })
      await touch('members')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} verb={t('points:pools.part.found')} cancel={close}>
      <TextField field={form.field('name')} label={t('points:pools.part.name')} maxLength={60} autoFocus />
    </FormFrame>
  )
}

function AddForm({ member_id, close }: { member_id: string; close: () => void }) {
  const { t } = useTexts()
  const form = useForm<{ member_id: string | null }>({
    initial: { member_id: null },
    check: (values) => ({ ...(values.member_id ? {} : { '/member_id': t('points:transfers.needMember') }) }),
    save: async (values) => {
      const body = { member_id: values.member_id! }
      await call('POST /v1/admin/members/:member_id/pool/members', { params: { member_id }, body })
      await touch('members')
    },
    saved: close,
  })
  const error = form.errorAt('/member_id')
  return (
    <FormFrame form={form} verb={t('points:pools.part.add')} cancel={close}>
      <Stack gap={2}>
        <MemberPicker
          label={t('points:pools.part.who')}
          placeholder={t('points:transfers.toHint')}
          value={form.values.member_id}
          onChange={(chosen) => form.set({ member_id: chosen })}
        />
        {error && (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        )}
      </Stack>
    </FormFrame>
  )
}
