/** Invitations to tiers: what was answered, what is open, and inviting. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch, type Row } from '../../kit/call.ts'
import { ChoiceField, DayField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { problemSentence } from '../../kit/problem.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useActorName } from '../actor.ts'
import { useMay } from '../session.tsx'
import { dayOf } from './detail-page.tsx'

interface Props {
  member_id: string
  /** The tier held now. */
  tier_id: string | null
}

export function Invitations({ member_id, tier_id }: Props) {
  const { t, language } = useTexts()
  const format = useFormat()
  const may = useMay()
  const nameOf = useActorName()
  const [error, setError] = useState<string | null>(null)
  const read = useCall(
    'GET /v1/admin/members/:member_id/tier-invitations',
    { params: { member_id } },
    { enabled: may('tiers:read') },
  )
  const answer = async (invitation_id: string, verb: 'accept' | 'decline' | 'withdraw') => {
    try {
      await call(`POST /v1/admin/members/:member_id/tier-invitations/:invitation_id/${verb}`, {
        params: { member_id, invitation_id },
      })
      setError(null)
      await touch('tiers', 'members')
    } catch (thrown) {
      setError(problemSentence(thrown))
    }
  }
  return (
    <Stack gap="xs">
      {(read.data?.data ?? []).map((one) => {
        const day = format.day(dayOf(one.answered_at ?? one.created_at, format))
        const said = t(`members:tierPart.invitations.${one.status}`, {
          tier: nameIn(one.tier_names, language, one.tier_code),
          day,
        })
        const until = one.until_on ? t('members:tierPart.heldUntil', { day: format.day(one.until_on) }) : null
        return (
          <div key={one.invitation_id}>
            <Text size="sm">{[said, until].filter(Boolean).join(' · ')}</Text>
            <Text size="xs" c="dimmed">
              {[t('members:tierPart.invitedBy', { name: nameOf(one.invited_by) }), one.note]
                .filter(Boolean)
                .join(' · ')}
            </Text>
            {one.status === 'open' && may('tiers:write') && (
              <Group gap="xs" mt={4}>
                {(['accept', 'decline', 'withdraw'] as const).map((verb) => (
                  <Button
                    key={verb}
                    size="compact-xs"
                    variant="default"
                    onClick={() => void answer(one.invitation_id, verb)}
                  >
                    {t(`members:tierPart.${verb}`)}
                  </Button>
                ))}
              </Group>
            )}
          </div>
        )
      })}
      {error && (
        <Text size="sm" c="var(--rg-bad)" role="alert">
          {error}
        </Text>
      )}
      {may('tiers:write') && <Invite member_id={member_id} tier_id={tier_id} />}
    </Stack>
  )
}

function Invite({ member_id, tier_id }: Props) {
  const { t } = useTexts()
  const [opened, setOpened] = useState(false)
  const tiers = useCall('GET /v1/admin/tiers').data?.data ?? []
  const rank = tiers.find((tier) => tier.tier_id === tier_id)?.rank ?? 0
  const above = tiers.filter((tier) => tier.rank > rank)
  if (above.length === 0) return null
  const close = () => setOpened(false)
  return (
    <>
      <Group>
        <Button size="xs" variant="default" onClick={() => setOpened(true)}>
          {t('members:tierPart.invite')}
        </Button>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={t('members:tierPart.invite')}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {opened && <InviteForm member_id={member_id} above={above} close={close} />}
      </Modal>
    </>
  )
}

interface Values {
  tier_code: string | null
  until_on: string | null
  note: string
}

function InviteForm(props: { member_id: string; above: readonly Row<'GET /v1/admin/tiers'>[]; close: () => void }) {
  const { member_id, above, close } = props
  const { t, language } = useTexts()
  const [source_id] = useState(() => crypto.randomUUID())
  const form = useForm<Values>({
    initial: { tier_code: above[0]?.code ?? null, until_on: null, note: '' },
    save: async ({ tier_code, until_on, note }) => {
      await call('POST /v1/admin/members/:member_id/tier-invitations', {
        params: { member_id },
        body: { tier_code: tier_code!, until_on, note: note.trim() || null, source: 'console', source_id },
      })
      await touch('tiers', 'members')
    },
    saved: close,
  })
  return (
    <FormFrame form={form} cancel={close} verb={t('members:tierPart.inviteVerb')} always>
      <ChoiceField
        field={form.field('tier_code')}
        label={t('members:tierPart.inviteTier')}
        choices={above.map((tier) => ({ value: tier.code, label: nameIn(tier.names, language, tier.code) }))}
      />
      <DayField field={form.field('until_on')} label={t('members:tierPart.inviteUntil')} clearable />
      <TextField field={form.field('note')} label={t('members:tierPart.inviteNote')} maxLength={500} />
    </FormFrame>
  )
}
