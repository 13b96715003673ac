/** One kind of card: who has it, what is owed on it, which were filled. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { usePathParam } from '../../kit/address.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { PageAwaiting } from '../../kit/page-awaiting.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { CallOffButton, useCalledOff } from '../call-off.tsx'
import { isAwaited } from '../rule-standing.ts'
import { useMay } from '../session.tsx'
import styles from './cards.module.css'
import { CardPicture } from './picture.tsx'
import { useHolderColumns } from './table.tsx'
import { useRewardName } from '../reward-fields.tsx'
import { useCardSentence } from './words.ts'

type CardDetail = Answer<'GET /v1/admin/cards/:card_definition_id'>

export default function CardPage() {
  const { t, language } = useTexts()
  const card_definition_id = usePathParam('card_definition_id')
  const sentence = useCardSentence()
  const writes = useMay()('cards:write')
  const params = { card_definition_id }
  const read = useCall('GET /v1/admin/cards/:card_definition_id', { params }, { keep: false })
  const card = read.data
  const above = [{ title: t('cards:title'), to: '/cards' }]
  if (!card) return <PageAwaiting title={t('cards:title')} above={above} read={read} />
  const name = nameIn(card.names, language, card_definition_id)
  return (
    <Page
      title={name}
      above={above}
      as_of={read.dataUpdatedAt}
      answer={sentence(card.rule)}
      action={
        writes && <PrimaryAction label={t('cards:change')} icon="edit" to={`/cards/${card_definition_id}/edit`} />
      }
      actions={writes && <Stop card={card} />}
    >
      <Section title={t(`cards:kinds.${card.kind}`)} hint={card.status === 'stopped' ? t('cards:stopHint') : ''}>
        <Group gap="xl" align="flex-start">
          <CardPicture rule={card.rule} name={name} />
          <Figures card={card} />
        </Group>
      </Section>
      <Section title={t('cards:holders')} bare>
        <Holders card={card} />
      </Section>
      {card.filled.length > 0 && (
        <Section title={t('cards:filledLast')}>
          <Filled card={card} />
        </Section>
      )}
      <Section title={t('cards:versions')}>
        <Versions card={card} />
      </Section>
    </Page>
  )
}

function Stop({ card }: { card: CardDetail }) {
  const { t } = useTexts()
  const isActive = card.status === 'active'
  const change = async () => {
    const body = { status: isActive ? ('stopped' as const) : ('active' as const) }
    const params = { card_definition_id: card.card_definition_id }
    await call('PATCH /v1/admin/cards/:card_definition_id', { params, body })
    await touch('cards')
  }
  return (
    <Button variant="default" onClick={() => void change()}>
      {isActive ? t('cards:stop') : t('cards:resume')}
    </Button>
  )
}

function Figures({ card }: { card: CardDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const { kind } = card
  return (
    <Group gap="xl" align="flex-start">
      <Figure label={t('cards:members')} value={format.number(card.cards)} />
      <Figure label={t('cards:inUse')} value={format.number(card.in_use)} />
      {kind === 'stamps' ? (
        <>
          <Figure label={t('cards:rounds')} value={format.number(card.rounds)} />
          <Figure label={t('cards:onCards')} value={format.number(card.units)} />
        </>
      ) : (
        <>
          <Figure label={t('cards:owed')} value={format.money(card.owed_minor)} />
          {kind === 'value' && <Figure label={t('cards:owedBonus')} value={format.money(card.owed_bonus_minor)} />}
          {kind === 'sessions' && <Figure label={t('cards:usesOpen')} value={format.number(card.units)} />}
          <Figure label={t('cards:paidIn')} value={format.money(card.paid_in_minor)} />
        </>
      )}
    </Group>
  )
}

function Holders({ card }: { card: CardDetail }) {
  const { t } = useTexts()
  const go = useGo()
  const { card_definition_id, kind, rule } = card
  const list = useList('GET /v1/admin/cards/:card_definition_id/members', {
    params: { card_definition_id },
    query: { limit: 25 },
  })
  const columns = useHolderColumns(kind, rule.kind === 'stamps' ? rule.size : 0)
  return (
    <DataGrid
      columns={columns}
      list={list}
      label={t('cards:holders')}
      row_key={(row) => row.member_id}
      onOpen={(row) => go(`/members/${row.member_id}`)}
      skeleton_rows={5}
      empty={<Empty icon="members" title={t('cards:noHolders')} hint={t('cards:noHoldersHint')} />}
    />
  )
}

function Filled({ card }: { card: CardDetail }) {
  const { t } = useTexts()
  const rewardName = useRewardName()
  return (
    <Stack gap="xs">
      {card.filled.map((round) => (
        <Group key={round.round_id} justify="space-between" wrap="nowrap" gap="sm">
          <div>
            <Door className={styles['name']} to={`/members/${round.member_id}`}>
              {round.display_name ?? round.member_id}
            </Door>
            <Text size="xs" c="dimmed" component="div">
              {rewardName(round.reward)} · <Moment at={round.filled_at} />
            </Text>
          </div>
          <Text size="sm" c={round.refused ? 'var(--rg-warn)' : 'dimmed'}>
            {round.refused
              ? t('cards:refused', { why: textOf(`errors:${round.refused}`, round.refused) })
              : round.gift_id
                ? t('cards:handed')
                : ''}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function Versions({ card }: { card: CardDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const sentence = useCardSentence()
  const wasCalledOff = useCalledOff()
  const mayWrite = useMay()('cards:write')
  const { card_definition_id, versions } = card
  const callOff = async (version: number) => {
    const params = { card_definition_id, version }
    await call('POST /v1/admin/cards/:card_definition_id/versions/:version/call-off', { params })
    await touch('cards')
  }
  return (
    <Stack gap="xs">
      {versions.map((one) => (
        <Group key={one.version} justify="space-between" gap="sm" wrap="nowrap">
          <div>
            <Text size="sm" fw={500}>
              {t('cards:version', { version: String(one.version), from: format.moment(one.effective_from) })}
            </Text>
            <Text size="sm" c="dimmed">
              {sentence(one.rule)}
            </Text>
            {one.called_off_at && (
              <Text size="sm" c="dimmed">
                {wasCalledOff(one)}
              </Text>
            )}
          </div>
          {mayWrite && isAwaited(one, versions, format.present()) && <CallOffButton {...one} callOff={callOff} />}
        </Group>
      ))}
    </Stack>
  )
}
