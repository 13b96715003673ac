/** One thing that happened, by its kind: what it was, its details, the amount or points, and why. */
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Icon, type IconName } from '../../kit/icons.tsx'
import { useMay } from '../session.tsx'
import { useMomentWhy } from '../moments/words.ts'
import { usePlanWhy } from '../plans/words.ts'
import { useChannelName } from './consents-part.tsx'
import classes from './members.module.css'
import { MemberState } from './table.tsx'
import type { ItemOf, Line } from './timeline.tsx'
import { WhyButton } from './why-button.tsx'
import { isState } from './words.ts'

export function TimelineLine({ item, earned }: Line) {
  switch (item.kind) {
    case 'order':
      return <OrderLine item={item} earned={earned} />
    case 'refund':
      return <RefundLine item={item} />
    case 'points':
      return <PointsLine item={item} />
    case 'tier':
      return <TierLine item={item} />
    case 'message':
      return <MessageLine item={item} />
    case 'joined':
      return <JoinedLine item={item} />
    case 'consent':
      return <ConsentLine item={item} />
    case 'note':
      return <NoteLine item={item} />
    case 'state':
      return <StateLine item={item} />
    case 'plan':
      return <PlanLine item={item} />
    case 'moment':
      return <MomentLine item={item} />
    case 'passed':
      return <PassedLine item={item} />
  }
}

interface FrameProps {
  icon: IconName
  title: ReactNode
  at: string
  amount?: ReactNode
  children?: ReactNode
  /** Known by its day only. */
  is_day?: boolean
}

function Frame({ icon, title, at, amount, children, is_day }: FrameProps) {
  const { language } = useTexts()
  const format = useFormat()
  const time = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: format.time_zone,
  })
  return (
    <div className={classes.line}>
      <span className={classes.mark}>
        <Icon name={icon} />
      </span>
      <div>
        <Text component="div" fw={500}>
          {title}
        </Text>
        {children && (
          <Text component="div" size="sm" c="dimmed">
            {children}
          </Text>
        )}
      </div>
      <div className={classes.amount}>
        {amount && (
          <Text component="div" className="rg-figures">
            {amount}
          </Text>
        )}
        {!is_day && (
          <Text component="time" dateTime={at} size="sm" c="dimmed" title={format.moment(at)}>
            {time.format(new Date(at))}
          </Text>
        )}
      </div>
    </div>
  )
}

/** With its sign: +12, −40. */
function useSigned(): (points: number) => string {
  const { language } = useTexts()
  const format = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' })
  return (points) => format.format(points)
}

function OrderLine({ item, earned }: { item: ItemOf<'order'>; earned: ItemOf<'points'> | null }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const { source_id: id, store_name: store, order_kind, status, lines, line_count } = item.data
  const { refunded_minor, given } = item.data
  const title =
    order_kind === 'adjustment'
      ? t('members:timeline.adjustment', { id })
      : order_kind === 'supplement'
        ? t('members:timeline.supplement', { id })
        : store
          ? t('members:timeline.orderAt', { id, store })
          : t('members:timeline.order', { id })
  const named = lines
    .map(({ name, sku, quantity }) => `${name ?? sku ?? ''}${quantity === 1 ? '' : ` × ${format.number(quantity)}`}`)
    .filter((text) => text !== '')
  const more = line_count - lines.length
  const what = [
    named.length > 0 ? named.join(' · ') : t('members:timeline.items', { count: line_count }),
    more > 0 ? t('members:timeline.moreLines', { count: more }) : '',
  ]
    .filter(Boolean)
    .join(' · ')
  return (
    <Frame
      icon="orders"
      title={
        may('orders:read') ? (
          <Door className="rg-door" to={`/orders/${item.data.order_id}`}>
            {title}
          </Door>
        ) : (
          title
        )
      }
      at={item.at}
      amount={format.money(item.data.net_minor)}
    >
      <div>{what}</div>
      {status === 'placed' && <div>{t('members:timeline.placed')}</div>}
      {status === 'cancelled' && given === null && <div>{t('members:timeline.cancelled')}</div>}
      <Given item={item} />
      {refunded_minor > 0 && given !== 'away' && (
        <div>{t('members:timeline.refunded', { amount: format.money(refunded_minor) })}</div>
      )}
      {earned && <Earned item={earned} />}
    </Frame>
  )
}

/** A receipt that was given after the purchase, or went to another member. */
function Given({ item: { data } }: { item: ItemOf<'order'> }) {
  const { t } = useTexts()
  const { given, other_member_id } = data
  if (given === null) return null
  const said = textOf(`members:timeline.given.${given}`, given)
  if (!other_member_id) return <div>{said}</div>
  return (
    <div>
      {said}{' '}
      <Door className="rg-door" to={`/members/${other_member_id}`}>
        {t('members:timeline.given.other')}
      </Door>
    </div>
  )
}

function Earned({ item }: { item: ItemOf<'points'> }) {
  const { t } = useTexts()
  const signed = useSigned()
  return (
    <WhyButton
      why={item.data.why}
      label={t('members:timeline.points.earn', { points: signed(item.data.points) })}
      title={t('members:timeline.why')}
    />
  )
}

function RefundLine({ item }: { item: ItemOf<'refund'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const { source_id: id, refund_kind, net_minor, unmatched_minor } = item.data
  const title =
    refund_kind === 'correction' ? t('members:timeline.correction', { id }) : t('members:timeline.refund', { id })
  const to = item.data.order_id && may('orders:read') ? `/orders/${item.data.order_id}` : null
  return (
    <Frame
      icon="refresh"
      title={
        to ? (
          <Door className="rg-door" to={to}>
            {title}
          </Door>
        ) : (
          title
        )
      }
      at={item.at}
      amount={format.money(-net_minor)}
    >
      {unmatched_minor > 0 && t('members:timeline.unmatched', { amount: format.money(unmatched_minor) })}
    </Frame>
  )
}

function PointsLine({ item }: { item: ItemOf<'points'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const signed = useSigned()
  const { entry_kind, points, why } = item.data
  const isGiven = why.codes[0] === 'points.given'
  const isPassed = isGiven && why.params['giver'] === 'member'
  // lent and borrowed in a pool go by the word of their why
  const shared = why.params['pool_id'] ? why.codes[0]!.split('.')[1]! : null
  const kind = shared ?? (isPassed ? (points < 0 ? 'passed' : 'received') : isGiven ? 'given' : entry_kind)
  const title = textOf(`members:timeline.points.${kind}`, kind, {
    points: format.points(Math.abs(points)),
  })
  return (
    <Frame icon="points" title={title} at={item.at} amount={points === 0 ? null : signed(points)}>
      <WhyButton why={why} label={t('members:timeline.why')} />
    </Frame>
  )
}

function TierLine({ item }: { item: ItemOf<'tier'> }) {
  const { t, language } = useTexts()
  const { change_kind, from_tier_code, from_tier_names, to_tier_code, to_tier_names, why } = item.data
  const params = {
    from: nameIn(from_tier_names, language, from_tier_code ?? ''),
    to: nameIn(to_tier_names, language, to_tier_code ?? ''),
  }
  return (
    <Frame icon="tier" title={textOf(`members:timeline.tier.${change_kind}`, change_kind, params)} at={item.at}>
      <WhyButton why={why} label={t('members:timeline.whyTier')} />
    </Frame>
  )
}

function MessageLine({ item }: { item: ItemOf<'message'> }) {
  const { t } = useTexts()
  const { channel, status, reason, subject, template_name, opened_at, clicked_at } = item.data
  const title = t('members:timeline.message', {
    channel: textOf(`messages:channels.${channel}`, channel),
    // an SMS has an empty one
    subject: subject || template_name || t('members:timeline.noSubject'),
  })
  const words = [
    textOf(`members:timeline.messageStates.${status}`, status),
    reason ? textOf(`messages:reasons.${reason}`, reason) : '',
    opened_at ? t('members:timeline.opened') : '',
    clicked_at ? t('members:timeline.clicked') : '',
  ].filter(Boolean)
  return (
    <Frame icon="messages" title={title} at={item.at}>
      {words.join(' · ')}
    </Frame>
  )
}

function JoinedLine({ item }: { item: ItemOf<'joined'> }) {
  const { t } = useTexts()
  const { store_name: store, channel } = item.data
  const title = store
    ? t('members:timeline.joinedAt', { store })
    : channel
      ? t('members:timeline.joinedBy', { channel: textOf(`members:consents.methods.${channel}`, channel) })
      : t('members:timeline.joined')
  const { referred_by, referrer_name } = item.data
  return (
    <Frame icon="members" title={title} at={item.at}>
      {referred_by && (
        <Door to={`/members/${referred_by}`}>
          {t('members:timeline.broughtBy', { name: referrer_name ?? t('members:unnamed') })}
        </Door>
      )}
    </Frame>
  )
}

function ConsentLine({ item }: { item: ItemOf<'consent'> }) {
  const { t } = useTexts()
  const nameOf = useChannelName()
  const { channel, status, method } = item.data
  const word = status === 'granted' ? 'granted' : 'withdrawn'
  return (
    <Frame
      icon={word === 'granted' ? 'check' : 'close'}
      title={t(`members:timeline.${word}`, { channel: nameOf(channel) })}
      at={item.at}
    >
      {textOf(`members:consents.methods.${method}`, method)}
    </Frame>
  )
}

function NoteLine({ item }: { item: ItemOf<'note'> }) {
  const { t } = useTexts()
  return (
    <Frame icon="note" title={t('members:timeline.note', { name: item.data.actor_name })} at={item.at}>
      <span style={{ whiteSpace: 'pre-wrap' }}>{item.data.body}</span>
    </Frame>
  )
}

function StateLine({ item }: { item: ItemOf<'state'> }) {
  const { t } = useTexts()
  const { from_state: from, to_state: to } = item.data
  const name = (state: string) => (isState(state) ? t(`members:states.${state}`) : state)
  const title =
    from === null
      ? t('members:timeline.stateFirst', { to: name(to) })
      : t('members:timeline.stateFrom', { from: name(from), to: name(to) })
  return <Frame icon="clock" title={title} at={item.at} amount={<MemberState state={to} />} is_day />
}

function PlanLine({ item }: { item: ItemOf<'plan'> }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const because = usePlanWhy()
  const { act, plan_id, plan_names, amount_minor, ended_why, why } = item.data
  const plan = nameIn(plan_names, language, plan_id)
  return (
    <Frame
      icon="membership"
      title={t(`members:timeline.plan.${act}`, { plan })}
      at={item.at}
      amount={amount_minor === 0 ? null : format.money(amount_minor)}
      is_day={act === 'ended'}
    >
      {ended_why ? textOf(`plans:endedWhys.${ended_why}`, ended_why) : why && because(why)}
    </Frame>
  )
}

function MomentLine({ item }: { item: ItemOf<'moment'> }) {
  const { t, language } = useTexts()
  const because = useMomentWhy()
  const { moment_id, moment_names, refused, why } = item.data
  const moment = nameIn(moment_names, language, moment_id)
  return (
    <Frame
      icon="clock"
      title={t(refused ? 'members:timeline.momentRefused' : 'members:timeline.moment', { moment })}
      at={item.at}
    >
      {because(why)}
      {refused && ` · ${textOf(`errors:${refused}`, refused)}`}
    </Frame>
  )
}

/** A coupon or gift that went to a friend, or came from one. */
function PassedLine({ item }: { item: ItemOf<'passed'> }) {
  const { t, language } = useTexts()
  const { is_out, name, names, other_member_id, other_name } = item.data
  const thing = name ?? nameIn(names, language, '')
  return (
    <Frame
      icon="tag"
      title={t(is_out ? 'members:timeline.passedOn' : 'members:timeline.received', { thing })}
      at={item.at}
    >
      {other_member_id && <Door to={`/members/${other_member_id}`}>{other_name ?? t('members:unnamed')}</Door>}
    </Frame>
  )
}
