/** A member's cards: stamps with their fields, money and uses with what is left; paying in, using, paying back. */
import { Button, Group, Menu, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { Why } from '../why.tsx'
import { AdjustForm, RefundCard, TopUpForm, UseForm } from './acts.tsx'
import styles from './cards.module.css'
import { Slots } from './picture.tsx'
import { useUnits } from './words.ts'

type Owned = Answer<'GET /v1/admin/members/:member_id/cards'>
export type OwnedCard = Owned['cards'][number]

type Act = 'topUp' | 'use' | 'adjust' | 'refund'

export function CardsPart({ member_id }: { member_id: string }) {
  const { t, language } = useTexts()
  const may = useMay()
  const [act, setAct] = useState<{ act: Act; card: OwnedCard | null } | null>(null)
  const [isOpen, setOpen] = useState(false)
  const read = useCall('GET /v1/admin/members/:member_id/cards', { params: { member_id } })
  const kinds = useCall('GET /v1/admin/cards').data?.data ?? []
  const owned = read.data?.cards ?? []
  const sold = kinds.filter((one) => one.kind !== 'stamps' && one.status === 'active')
  if (owned.length === 0 && sold.length === 0) return null
  const close = () => setAct(null)
  const nameOf = (card: OwnedCard | null) => (card ? nameIn(card.names, language, '') : '')
  return (
    <Section
      title={t('cards:part')}
      aside={
        may('till:use') &&
        sold.length > 0 && (
          <Button size="xs" variant="default" onClick={() => setAct({ act: 'topUp', card: null })}>
            {t('cards:topUp')}
          </Button>
        )
      }
    >
      <Stack gap="md">
        {owned.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('cards:partNone')}
          </Text>
        )}
        {owned.map((card) => (
          <CardLine key={card.card_definition_id} card={card} start={(what) => setAct({ act: what, card })} />
        ))}
        {(read.data?.data.length ?? 0) > 0 && (
          <Button size="xs" variant="subtle" color="gray" w="fit-content" onClick={() => setOpen(true)}>
            {t('cards:history')}
          </Button>
        )}
      </Stack>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('cards:history')}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {isOpen && <History rows={read.data?.data ?? []} cards={owned} />}
      </Modal>
      <Modal
        opened={act !== null && act.act !== 'refund'}
        onClose={close}
        title={
          act?.act === 'use'
            ? t('cards:useTitle', { card: nameOf(act.card) })
            : act?.act === 'adjust'
              ? t('cards:adjustTitle', { card: nameOf(act.card) })
              : t('cards:topUpNew')
        }
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {act?.act === 'topUp' && <TopUpForm member_id={member_id} kinds={sold} wanted={act.card} close={close} />}
        {act?.act === 'use' && act.card && <UseForm card={act.card} close={close} />}
        {act?.act === 'adjust' && act.card && <AdjustForm card={act.card} close={close} />}
      </Modal>
      {act?.act === 'refund' && act.card && <RefundCard card={act.card} name={nameOf(act.card)} close={close} />}
    </Section>
  )
}

function CardLine({ card, start }: { card: OwnedCard; start: (act: Act) => void }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const may = useMay()
  const units = useUnits()
  const { kind, rule } = card
  const notes = [
    card.debt > 0 && t('cards:owing', { owed: format.number(card.debt) }),
    kind === 'stamps' && card.rounds > 0 && `${t('cards:rounds')}: ${format.number(card.rounds)}`,
    card.bonus > 0 && t('cards:bonusOf', { bonus: units(kind, card.bonus) }),
    card.held > 0 && t('cards:held', { held: units(kind, card.held) }),
    card.next_expiry_on && t('cards:endsOn', { day: format.day(card.next_expiry_on) }),
  ].filter((note): note is string => Boolean(note))
  const size = card.size ?? (rule.kind === 'stamps' ? rule.size : 0)
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-start">
        <div>
          <Door className={styles['name']} to={`/cards/${card.card_definition_id}`}>
            {nameIn(card.names, language, '')}
          </Door>
          {notes.length > 0 && (
            <Text size="xs" c="dimmed">
              {notes.join(' · ')}
            </Text>
          )}
        </div>
        <Text fw={620} className="rg-figures" ta="right">
          {kind === 'stamps'
            ? t('cards:stamped', { stamps: format.number(card.balance), size: format.number(size) })
            : units(kind, card.available)}
        </Text>
      </Group>
      {kind === 'stamps' && <Slots stamped={card.balance} size={size} small />}
      <Group gap="xs">
        {kind !== 'stamps' && may('till:use') && (
          <>
            <Button size="compact-xs" variant="default" disabled={card.available === 0} onClick={() => start('use')}>
              {t('cards:use')}
            </Button>
            {card.status === 'active' && (
              <Button size="compact-xs" variant="default" onClick={() => start('topUp')}>
                {t(kind === 'value' ? 'cards:topUp' : 'cards:sell')}
              </Button>
            )}
          </>
        )}
        {may('cards:write') && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="compact-xs" variant="subtle" color="gray">
                {t('cards:more')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => start('adjust')}>
                {t(kind === 'stamps' ? 'cards:giveStamp' : 'cards:adjust')}
              </Menu.Item>
              {rule.kind !== 'stamps' && rule.refund.is_offered && card.balance > 0 && (
                <Menu.Item onClick={() => start('refund')}>{t('cards:refund')}</Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
    </Stack>
  )
}

function History({ rows, cards }: { rows: Owned['data']; cards: readonly OwnedCard[] }) {
  const { language } = useTexts()
  const units = useUnits()
  return (
    <Stack gap="md">
      {rows.map((entry) => {
        const card = cards.find((one) => one.card_definition_id === entry.card_definition_id)
        return (
          <div key={entry.entry_id}>
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Text size="sm" fw={500}>
                {nameIn(card?.names, language, '')}
              </Text>
              <Text size="sm" fw={620} className="rg-figures">
                {entry.units > 0 ? '+' : ''}
                {units(card?.kind ?? 'stamps', entry.units)}
              </Text>
            </Group>
            <Why why={entry.why} />
            <Text size="xs" c="dimmed" component="div">
              <Moment at={entry.occurred_at} />
            </Text>
          </div>
        )
      })}
    </Stack>
  )
}
