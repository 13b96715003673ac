/** The tier held, how far to the next, until when it holds, and why. */
import { Progress, Stack, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useMeasured } from '../tiers/measure-words.ts'
import { dayOf, type Profile } from './detail-page.tsx'
import { Invitations } from './invitations.tsx'
import { WhyButton } from './why-button.tsx'

export function TierPart({ profile }: { profile: Profile }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const measured = useMeasured()
  const { tier } = profile
  if (!tier || tier.tier_code === null) return null
  const name = nameIn(tier.tier_names, language, tier.tier_code)
  const next = tier.next_tier_code === null ? null : nameIn(tier.next_tier_names, language, tier.next_tier_code)
  return (
    <Section
      title={t('members:tierPart.title')}
      aside={
        tier.since && (
          <Text size="sm" c="dimmed">
            {t('members:tierPart.since', { day: format.day(dayOf(tier.since, format)) })}
          </Text>
        )
      }
    >
      <Stack gap={6}>
        <Text fz={18} fw={620}>
          {name}
        </Text>
        {next && tier.missing !== null && (
          <>
            <Progress
              value={(100 * tier.progress) / Math.max(1, tier.progress + tier.missing)}
              color="gray.6"
              size="sm"
              aria-label={t('members:tierPart.missing', { amount: measured(tier.measure, tier.missing), tier: next })}
            />
            <Text size="sm">
              {t('members:tierPart.missing', { amount: measured(tier.measure, tier.missing), tier: next })}
            </Text>
          </>
        )}
        {tier.next_tier_code === null && <Text size="sm">{t('members:tierPart.top')}</Text>}
        {tier.is_invited && <Text size="sm">{t('members:tierPart.invited')}</Text>}
        <Keeping tier={tier} name={name} />
        {tier.window_from && (
          <Text size="sm" c="dimmed">
            {t('members:tierPart.progress', {
              amount: measured(tier.measure, tier.progress),
              from: format.day(tier.window_from),
              to: format.day(tier.window_to),
            })}
          </Text>
        )}
        <WhyButton why={tier.why} label={t('members:tierPart.why')} />
        <Invitations member_id={profile.member.member_id} tier_id={tier.tier_id} />
      </Stack>
    </Section>
  )
}

/** Until when the tier holds; nothing for the lowest, which is never lost. */
function Keeping({ tier, name }: { tier: NonNullable<Profile['tier']>; name: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const measured = useMeasured()
  if (tier.grace_until)
    return (
      <Text size="sm" c="var(--rg-warn)">
        {t('members:tierPart.grace', {
          day: format.day(tier.grace_until),
          amount: measured(tier.measure, tier.keep_missing ?? 0),
          tier: name,
        })}
      </Text>
    )
  if (!tier.review_on) return null
  const day = format.day(tier.review_on)
  return tier.keep_missing ? (
    <Text size="sm">
      {t('members:tierPart.keep', { amount: measured(tier.measure, tier.keep_missing), day, tier: name })}
    </Text>
  ) : (
    <Text size="sm">{t('members:tierPart.kept', { day })}</Text>
  )
}
