/** One order: what was bought, what went back, which points came of it and why. */
import { Grid, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { usePathParam } from '../../kit/address.ts'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Figure, Page, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { ordersAddress } from '../people.ts'
import { useMay } from '../session.tsx'
import { CompanyPart } from './company-part.tsx'
import { Lines } from './lines-part.tsx'
import { Points } from './points-part.tsx'
import { OrderSource } from './source-part.tsx'
import { OrderState, useBuyerName } from './words.tsx'

export type Order = Answer<'GET /v1/admin/orders/:order_id'>

export default function OrderPage() {
  const { t } = useTexts()
  const order_id = usePathParam('order_id')
  const read = useCall('GET /v1/admin/orders/:order_id', { params: { order_id } }, { keep: false })
  const above = [{ title: t('orders:title'), to: '/orders' }]
  if (read.data) return <Inside order={read.data} above={above} />
  return (
    <Page title={t('orders:title')} above={above}>
      {read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <>
          <TextSkeleton lines={2} width={420} />
          <BlockSkeleton height={360} />
        </>
      )}
    </Page>
  )
}

function Inside({ order, above }: { order: Order; above: { title: string; to: string }[] }) {
  const { t } = useTexts()
  const may = useMay()
  const { kind, source_id: id } = order
  const title =
    kind === 'adjustment'
      ? t('orders:one.adjustment', { id })
      : kind === 'supplement'
        ? t('orders:one.supplement', { id })
        : t('orders:one.title', { id })
  return (
    <Page title={title} question={t('orders:one.question')} above={above} answer={<Said order={order} />}>
      <Section>
        <Amounts order={order} />
      </Section>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Section title={t('orders:one.lines')}>
              <Lines order={order} />
            </Section>
            <Section title={t('orders:one.refunds')}>
              <Refunds order={order} />
            </Section>
            {order.supplements.length > 0 && (
              <Section title={t('orders:one.supplements')}>
                <Supplements order={order} />
              </Section>
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            {may('points:read') && order.member_kind !== 'walk_in' && (
              <Section title={t('orders:one.points')}>
                <Points order_id={order.order_id} />
              </Section>
            )}
            {order.parties && (
              <Section title={t('companies:of')}>
                <CompanyPart parties={order.parties} />
              </Section>
            )}
            <Section title={t('orders:one.about')}>
              <About order={order} />
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

/** Who bought for how much, and what is left of it. */
function Said({ order }: { order: Order }) {
  const { t } = useTexts()
  const format = useFormat()
  const buyer = useBuyerName()
  const { kind, counts, net_minor, refunded_minor, store_name: store, store_id, member_kind, member_id } = order
  const words = {
    member: buyer(order),
    net: format.money(net_minor),
    store: store ?? '',
    when: format.moment(order.occurred_at),
  }
  const bought =
    kind === 'adjustment' || (member_kind === 'walk_in' && !counts)
      ? t('orders:one.bookedOnly', words)
      : store
        ? t('orders:one.boughtAt', words)
        : t('orders:one.bought', words)
  const after = [
    refunded_minor > 0 ? t('orders:one.kept', { kept: format.money(net_minor - refunded_minor) }) : '',
    !counts && kind !== 'adjustment' ? t('orders:one.notCounted') : '',
  ].filter(Boolean)
  return (
    <Sentence
      text={[bought, ...after].join(' ')}
      doors={{
        member: member_kind === 'walk_in' ? undefined : `/members/${member_id}`,
        store: store_id ? ordersAddress({ store_id }) : undefined,
      }}
    />
  )
}

function Amounts({ order }: { order: Order }) {
  const { t } = useTexts()
  const format = useFormat()
  const { gross_minor, discount_minor, shipping_minor, net_minor, refunded_minor } = order
  return (
    <SimpleGrid cols={{ base: 2, sm: 5 }}>
      <Figure label={t('orders:one.goods')} value={format.money(gross_minor)} />
      <Figure label={t('orders:one.discount')} value={format.money(discount_minor)} />
      <Figure label={t('orders:one.shipping')} value={format.money(shipping_minor)} />
      <Figure label={t('orders:one.paid')} value={format.money(net_minor)} />
      <Figure label={t('orders:one.back')} value={format.money(refunded_minor)} />
    </SimpleGrid>
  )
}

function Refunds({ order }: { order: Order }) {
  const { t } = useTexts()
  const format = useFormat()
  if (order.refunds.length === 0) return <Text c="dimmed">{t('orders:one.noRefunds')}</Text>
  return (
    <Table verticalSpacing={6} aria-label={t('orders:one.refunds')}>
      <Table.Tbody>
        {order.refunds.map((refund) => (
          <Table.Tr key={refund.refund_id}>
            <Table.Th scope="row" fw={400}>
              {t(`orders:one.refundKinds.${refund.kind}`)} {refund.source_id}
              <Text size="sm" c="dimmed" component="div">
                <Moment at={refund.occurred_at} />
              </Text>
            </Table.Th>
            <Table.Td ta="right" className="rg-figures">
              {format.money(refund.from_this_minor)}
              {refund.net_minor !== refund.from_this_minor && (
                <Text size="sm" c="dimmed" component="div">
                  {t('orders:one.fromThis')} · {t('orders:one.fromAll', { amount: format.money(refund.net_minor) })}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Supplements({ order }: { order: Order }) {
  const format = useFormat()
  return (
    <Table verticalSpacing={6}>
      <Table.Tbody>
        {order.supplements.map((added) => (
          <Table.Tr key={added.order_id}>
            <Table.Th scope="row" fw={400}>
              <Door className="rg-door" to={`/orders/${added.order_id}`}>
                {added.source_id}
              </Door>
            </Table.Th>
            <Table.Td ta="right" className="rg-figures">
              {format.money(added.net_minor)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function About({ order }: { order: Order }) {
  const { t } = useTexts()
  const format = useFormat()
  const { revision, adds_to, member_id, member_kind } = order
  const rows = [
    [t('orders:status'), <OrderState key="state" order={order} />],
    [t('orders:source'), <OrderSource key="source" order={order} />],
    [t('orders:store'), order.store_name ?? t('orders:noStore')],
    [t('orders:when'), format.moment(order.occurred_at)],
    [t('orders:one.recorded'), format.moment(order.recorded_at)],
    [
      t('orders:one.revision'),
      revision > 0
        ? t('orders:one.times', { count: revision, times: format.number(revision) })
        : t('orders:one.never'),
    ],
    ...(adds_to
      ? [
          [
            t('orders:one.addsTo'),
            <Door key="order" className="rg-door" to={`/orders/${adds_to}`}>
              {t('orders:one.addsToDoor')}
            </Door>,
          ],
        ]
      : []),
  ] as const
  return (
    <>
      <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
        <Table.Tbody>
          {rows.map(([label, value]) => (
            <Table.Tr key={String(label)}>
              <Table.Th scope="row" fw={400} c="dimmed" w="40%">
                {label}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {member_kind !== 'walk_in' && (
        <Text mt="sm">
          <Door className="rg-door" to={ordersAddress({ member_id })}>
            {t('orders:one.memberOrders')}
          </Door>
        </Text>
      )}
    </>
  )
}
