/** Who got what, and what waits to be handed over? */
import { Button, Group, Select } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import { call, touch } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { MemberCode } from '../member-code.tsx'
import { useMay } from '../session.tsx'
import { RefusedPart } from './refused-part.tsx'
import { GiftState, reasonOf, useGiftName, usePrice, type Gift } from './table.tsx'

const statuses = ['open', 'done', 'cancelled', 'passed_on'] as const
/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

type Asked = { gift: Gift; how: 'fulfil' | 'cancel' } | null

export default function GivenPage() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const [asked, setAsked] = useState<Asked>(null)
  const status = statuses.find((one) => one === address['status'])
  const { item_id, member_id } = address
  const list = useList('GET /v1/admin/gifts', {
    query: {
      limit: pageSize,
      ...(status ? { status } : {}),
      ...(item_id ? { item_id } : {}),
      ...(member_id ? { member_id } : {}),
    },
  })
  const nameOf = useGiftName()
  const item = item_id && list.rows?.find((row) => row.item_id === item_id)
  const member = member_id && list.rows?.find((row) => row.member_id === member_id)
  return (
    <Page
      title={t('gifts:givenTitle')}
      question={t('gifts:givenQuestion')}
      above={[{ title: t('gifts:title'), to: '/gifts' }]}
    >
      <RefusedPart />
      <DataGrid
        columns={useColumns(may('gifts:redeem') ? setAsked : null)}
        list={list}
        label={t('gifts:givenTitle')}
        row_key={(row) => row.gift_id}
        download="gifts-given"
        filters={
          <Select
            aria-label={t('gifts:state')}
            placeholder={t('gifts:all')}
            clearable
            value={status ?? null}
            onChange={(value) => setAddress({ status: value })}
            data={statuses.map((value) => ({ value, label: t(`gifts:states.${value}`) }))}
          />
        }
        chosen={[
          status && { text: t(`gifts:states.${status}`), drops: ['status'], has_field: true },
          item_id && { text: (item && nameOf(item)) || t('gifts:oneItem'), drops: ['item_id'] },
          member_id && { text: (member && member.display_name) || t('gifts:oneMember'), drops: ['member_id'] },
        ]}
        empty={<Empty icon="tag" title={t('gifts:givenEmpty')} hint={t('gifts:givenEmptyHint')} />}
      />
      <Ending asked={asked} close={() => setAsked(null)} />
    </Page>
  )
}

function Ending({ asked, close }: { asked: Asked; close: () => void }) {
  const { t } = useTexts()
  const nameOf = useGiftName()
  if (!asked) return null
  const { gift, how } = asked
  const { member_id, gift_id, delivery } = gift
  const words = { gift: nameOf(gift), name: gift.display_name ?? t('members:unnamed') }
  const act = async () => {
    await call(`POST /v1/admin/members/:member_id/gifts/:gift_id/${how}`, { params: { member_id, gift_id } })
    await touch('gifts', 'gift-items', 'budgets', 'members')
  }
  return (
    <Confirm
      opened
      close={close}
      title={t(`gifts:${how}Title`, words)}
      verb={t(how === 'cancel' ? 'gifts:cancelVerb' : 'gifts:fulfil')}
      {...(how === 'cancel' ? { keep: t('kit:keep') } : {})}
      dangerous={how === 'cancel'}
      act={act}
      remedy={(error, again) => <MemberCode {...{ error, member_id, again }} />}
    >
      {how === 'cancel' ? <GoesBack gift={gift} /> : t('gifts:fulfilText')}
      {delivery && <div>{t('gifts:sendTo', { ...delivery })}</div>}
    </Confirm>
  )
}

/** What cancelling gives back, and to whom: only what was paid, taken or set aside for this gift. */
function GoesBack({ gift }: { gift: Gift }) {
  const { t } = useTexts()
  const format = useFormat()
  const { paid_points, paid_minor, cost_minor, budget_id, is_from_stock } = gift
  const cost = format.money(cost_minor)
  const said = [
    paid_points > 0 && t('gifts:cancelPoints', { count: paid_points, points: format.points(paid_points) }),
    paid_minor > 0 && t('gifts:cancelMoney', { money: format.money(paid_minor) }),
    is_from_stock && t('gifts:cancelStock'),
    budget_id !== null && cost_minor > 0 && t('gifts:cancelBudget', { cost }),
  ].filter((one) => one !== false)
  return (said.length > 0 ? said : [t('gifts:cancelNothing')]).map((one) => <div key={one}>{one}</div>)
}

function useColumns(ask: ((asked: Asked) => void) | null): Column<Gift>[] {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useGiftName()
  const price = usePrice()
  const paidOf = (row: Gift) => price({ points: row.paid_points, minor: row.paid_minor }) || nothing
  return [
    {
      key: 'member',
      title: t('gifts:member'),
      render: (row) => (
        <Door to={`/members/${row.member_id}`} className="rg-door">
          {row.display_name ?? t('members:unnamed')}
        </Door>
      ),
      value: (row) => row.display_name,
    },
    {
      key: 'what',
      title: t('gifts:what'),
      render: (row) => [nameOf(row), row.code].filter(Boolean).join(' · '),
      value: nameOf,
    },
    {
      key: 'reason',
      title: t('gifts:reason'),
      priority: 2,
      render: (row) => reasonOf(row.reason),
      value: (row) => row.reason,
    },
    { key: 'paid', title: t('gifts:paid'), align: 'right', priority: 2, render: paidOf, value: paidOf },
    {
      key: 'cost',
      title: t('gifts:cost'),
      align: 'right',
      priority: 3,
      render: (row) => (row.is_cost_known ? format.money(row.cost_minor) : t('reports:given.unknown')),
      value: (row) => (row.is_cost_known ? row.cost_minor : null),
    },
    {
      key: 'state',
      title: t('gifts:state'),
      render: (row) => <GiftState gift={row} />,
      value: (row) => row.status,
    },
    {
      key: 'at',
      title: t('gifts:at'),
      priority: 2,
      render: (row) => <Moment at={row.given_at} />,
      value: (row) => row.given_at,
    },
    ...(ask ? [actionsOf(ask, t('kit:more'), [t('gifts:fulfil'), t('gifts:cancel')])] : []),
  ]
}

function actionsOf(ask: (asked: Asked) => void, title: string, [fulfil, cancel]: [string, string]): Column<Gift> {
  return {
    key: 'end',
    title,
    acts: true,
    align: 'right',
    render: (gift) =>
      gift.status === 'open' ? (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button size="compact-sm" variant="light" onClick={() => ask({ gift, how: 'fulfil' })}>
            {fulfil}
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask({ gift, how: 'cancel' })}>
            {cancel}
          </Button>
        </Group>
      ) : null,
  }
}
