/** One member on one page: how they are doing, what they have, what happened. */
import { Button, Grid, Group, Menu, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useAddress, usePathParam } from '../../kit/address.ts'
import { StateBadge } from '../../kit/badge.tsx'
import { call, touch, type Answer } from '../../kit/call.ts'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat, type Format } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { CardsPart } from '../cards/member-part.tsx'
import { CouponsPart } from '../coupons/member-part.tsx'
import { GiftsPart } from '../gifts/member-part.tsx'
import { ordersAddress } from '../people.ts'
import { useMay, useSession } from '../session.tsx'
import { PoolPart } from '../points/pool-part.tsx'
import { TransferPoints } from '../points/transfer-dialog.tsx'
import { GiveXp } from '../tiers/give-xp.tsx'
import { AdjustPoints } from './adjust-points.tsx'
import { ConsentsPart } from './consents-part.tsx'
import { EndingItems, Endings, useEndings } from './endings.tsx'
import { DaysPart } from './days-part.tsx'
import { IdentitiesPart } from './identities-part.tsx'
import { NotesPart } from './notes-part.tsx'
import { MomentsPart } from '../moments/member-part.tsx'
import { AgreementsPart } from '../plans/agreements-part.tsx'
import { PlansPart } from '../plans/member-part.tsx'
import { OffersPart } from './offers-part.tsx'
import { Face, RemovePicture } from './picture.tsx'
import { PointsPart } from './points-part.tsx'
import { PrivilegesPart } from './privileges-part.tsx'
import { RhythmPart } from './rhythm-part.tsx'
import { MemberState } from './table.tsx'
import { TagsPart } from './tags-part.tsx'
import { TierPart } from './tier-part.tsx'
import { Timeline } from './timeline.tsx'

export type Profile = Answer<'GET /v1/admin/members/:member_id'>

export default function MemberPage() {
  const { t } = useTexts()
  const member_id = usePathParam('member_id')
  const read = useCall('GET /v1/admin/members/:member_id', { params: { member_id } }, { keep: false })
  const profile = read.data
  useSeen(profile?.member.member_id)
  useKeptAddress(member_id, profile?.member.member_id)
  const above = [{ title: t('members:title'), to: '/members' }]
  if (!profile) {
    return (
      <Page title={t('members:title')} above={above}>
        {read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <>
            <TextSkeleton lines={2} width={420} />
            <BlockSkeleton height={520} />
          </>
        )}
      </Page>
    )
  }
  return <MemberInside profile={profile} above={above} as_of={read.dataUpdatedAt} />
}

/** Puts the member among the last ten one opened. */
function useSeen(member_id: string | undefined): void {
  const { staff } = useSession()
  useEffect(() => {
    if (!staff || !member_id) return
    // a courtesy: failing to remember must not disturb reading
    call('POST /v1/admin/seen', { body: { noun: 'members', noun_id: member_id } })
      .then(() => touch('seen'))
      .catch(() => undefined)
  }, [staff, member_id])
}

/** The id of a member who was merged into another leads on to that one's address. */
function useKeptAddress(asked: string, kept: string | undefined): void {
  const go = useGo()
  useEffect(() => {
    if (kept && kept !== asked) go(`/members/${kept}`, { replace: true })
  }, [asked, kept, go])
}

function MemberInside({
  profile,
  above,
  as_of,
}: {
  profile: Profile
  above: { title: string; to: string }[]
  as_of: number
}) {
  const { t } = useTexts()
  const may = useMay()
  const { member } = profile
  const name = useMemberName(profile)
  const writes = may('members:write')
  return (
    <Page
      title={name}
      above={above}
      as_of={as_of}
      answer={
        <>
          <Head profile={profile} />
          <Text component="div" mt={4}>
            <RhythmSentence profile={profile} />
          </Text>
        </>
      }
      action={
        writes && <PrimaryAction label={t('members:edit')} icon="edit" to={`/members/${member.member_id}/edit`} />
      }
      actions={<Actions profile={profile} />}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <Stack gap="lg">
            <RhythmPart profile={profile} />
            {member.kind === 'member' && <TierPart profile={profile} />}
            <PointsPart profile={profile} />
            {member.kind === 'member' && may('points:read') && <PoolPart member_id={member.member_id} name={name} />}
            <NotesPart member_id={member.member_id} notes={profile.notes} />
            <TagsPart member_id={member.member_id} tags={member.tags} />
            {member.kind === 'member' && (
              <GiftsPart member_id={member.member_id} name={name} available={profile.points.available} />
            )}
            {member.kind === 'member' && may('gifts:read') && <MomentsPart member_id={member.member_id} />}
            {member.kind === 'member' && may('cards:read') && <CardsPart member_id={member.member_id} />}
            {member.kind === 'member' && <CouponsPart member_id={member.member_id} />}
            {member.kind === 'member' && may('privileges:read') && <PrivilegesPart member_id={member.member_id} />}
            {member.kind === 'member' && may('plans:read') && <PlansPart member_id={member.member_id} />}
            {member.kind === 'member' && may('plans:read') && <AgreementsPart member_id={member.member_id} />}
            {may('offers:read') && <OffersPart member_id={member.member_id} />}
            {member.kind === 'member' && <DaysPart member_id={member.member_id} />}
            <ConsentsPart profile={profile} />
            <IdentitiesPart identities={profile.identities} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Timeline member_id={member.member_id} />
        </Grid.Col>
      </Grid>
      <AdjustPoints profile={profile} name={name} />
      <TransferPoints member_id={member.member_id} name={name} available={profile.points.available} />
      <GiveXp member_id={member.member_id} name={name} />
      <RemovePicture member={member} name={name} />
      <Endings profile={profile} name={name} />
    </Page>
  )
}

/** What a member is called on screen. */
export function useMemberName({ member }: Pick<Profile, 'member'>): string {
  const { t } = useTexts()
  return member.display_name ?? member.phone ?? member.email ?? t('members:unnamed')
}

/** State, tier, number, since when, where to reach: what one sees before reading. */
function Head({ profile }: { profile: Profile }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { member, statistics, tier } = profile
  const name = useMemberName(profile)
  return (
    <Group gap="md" fz="sm" c="dimmed" wrap="wrap">
      <Face member={member} name={name} size={56} />
      {statistics?.state && <MemberState state={statistics.state} />}
      {tier && (
        <Text span fw={600} c="var(--mantine-color-text)" size="sm">
          {nameIn(tier.tier_names, language, tier.tier_code ?? '')}
        </Text>
      )}
      {member.kind !== 'member' && <StateBadge tone="quiet">{t(`members:kinds.${kindOf(member.kind)}`)}</StateBadge>}
      <span>{t('members:number', { number: member.number })}</span>
      {member.joined_at && <span>{t('members:since', { day: format.day(dayOf(member.joined_at, format)) })}</span>}
      {profile.home_store_name && <span>{profile.home_store_name}</span>}
      {member.phone && (
        <a href={`tel:${member.phone}`} className="rg-plain">
          {member.phone}
        </a>
      )}
      {member.email && (
        <a href={`mailto:${member.email}`} className="rg-plain">
          {member.email}
        </a>
      )}
    </Group>
  )
}

function kindOf(kind: string): 'guest' | 'follower' | 'walk_in' {
  return kind === 'guest' || kind === 'follower' ? kind : 'walk_in'
}

/** The day of an instant in the program's zone, `YYYY-MM-DD`. */
export function dayOf(instant: string, { time_zone }: Format): string {
  // en-CA writes YYYY-MM-DD
  return new Intl.DateTimeFormat('en-CA', { timeZone: time_zone }).format(new Date(instant))
}

function RhythmSentence({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const { statistics } = profile
  if (!statistics || statistics.order_count === 0) return t('members:answerNone')
  const { order_count, net_minor, usual_interval_days: usual, next_expected_on: next } = statistics
  const bought = t('members:answerRhythm', {
    count: order_count,
    orders: format.number(order_count),
    net: format.money(net_minor),
  })
  const doors = {
    orders: may('orders:read') ? ordersAddress({ member_id: profile.member.member_id, counted: true }) : undefined,
  }
  if (usual === null || next === null) return <Sentence text={bought} doors={doors} />
  const word = next < format.today() ? 'answerOverdue' : 'answerNext'
  const coming = t(`members:${word}`, { days: format.number(Math.round(usual)), on: format.day(next) })
  return <Sentence text={`${bought} ${coming}`} doors={doors} />
}

function Actions({ profile }: { profile: Profile }) {
  const { t } = useTexts()
  const may = useMay()
  const [, setAddress] = useAddress()
  const adjusts = may('points:write') && profile.member.kind === 'member'
  const ends = useEndings()
  const removes = may('members:write') && profile.member.picture
  if (!adjusts && !removes && ends.length === 0) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<Icon name="down" size={14} />}>
          {t('kit:more')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {adjusts && (
          <Menu.Item leftSection={<Icon name="points" size={16} />} onClick={() => setAddress({ do: 'adjust' })}>
            {t('members:pointsPart.adjust')}
          </Menu.Item>
        )}
        {adjusts && (
          <Menu.Item leftSection={<Icon name="points" size={16} />} onClick={() => setAddress({ do: 'transfer' })}>
            {t('points:transfers.give')}
          </Menu.Item>
        )}
        {may('tiers:write') && profile.member.kind === 'member' && (
          <Menu.Item leftSection={<Icon name="tier" size={16} />} onClick={() => setAddress({ do: 'xp' })}>
            {t('tiers:xp.verb')}
          </Menu.Item>
        )}
        {may('members:write') && (
          <Menu.Item
            leftSection={<Icon name="edit" size={16} />}
            component={Door}
            to={`/members/${profile.member.member_id}/edit`}
          >
            {t('members:edit')}
          </Menu.Item>
        )}
        {removes && (
          <Menu.Item leftSection={<Icon name="close" size={16} />} onClick={() => setAddress({ do: 'picture' })}>
            {t('members:picture.remove')}
          </Menu.Item>
        )}
        <EndingItems profile={profile} />
      </Menu.Dropdown>
    </Menu>
  )
}
