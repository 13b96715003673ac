/** What a member was given, and giving something more by hand. Stands on the member's page. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { GiveForm } from './give-form.tsx'
import { GiftState, reasonOf, useGiftName } from './table.tsx'

/** Gifts shown at once: the newest; the rest is a click away. */
const giftsShown = 5

export function GiftsPart({ member_id, name, available }: { member_id: string; name: string; available: number }) {
  const { t } = useTexts()
  const may = useMay()
  const nameOf = useGiftName()
  const [isOpen, setOpen] = useState(false)
  const read = useCall(
    'GET /v1/admin/gifts',
    { query: { member_id, limit: giftsShown } },
    { enabled: may('gifts:read') },
  )
  if (!may('gifts:read')) return null
  const rows = read.data?.data ?? []
  const gives = may('gifts:write') || may('gifts:redeem')
  const close = () => setOpen(false)
  return (
    <Section
      title={t('gifts:part')}
      aside={
        gives && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('gifts:give')}
          </Button>
        )
      }
    >
      <Stack gap={6}>
        {read.data && rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('gifts:partNone')}
          </Text>
        )}
        {rows.map((gift) => (
          <Group key={gift.gift_id} justify="space-between" wrap="nowrap" gap="sm">
            <div>
              <Text size="sm" fw={500}>
                {nameOf(gift)}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                {reasonOf(gift.reason)} · <Moment at={gift.given_at} />
              </Text>
            </div>
            <GiftState gift={gift} />
          </Group>
        ))}
        {read.data?.next_cursor && <Door to={`/gifts/given?member_id=${member_id}`}>{t('gifts:partAll')}</Door>}
      </Stack>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('gifts:giveTitle', { name })}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {isOpen && <GiveForm member_id={member_id} available={available} close={close} />}
      </Modal>
    </Section>
  )
}
