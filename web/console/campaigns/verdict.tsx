/** What a campaign caused, in plain words with its reasons. */
import { Text } from '@mantine/core'
import type { Answer } from '../../kit/call.ts'
import { useFormat, type Format } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'

export type Report = Answer<'GET /v1/admin/campaigns/:campaign_id/report'>
export type Interval = { estimate: number; low: number; high: number }

/** Whole minor units; a loss is written with its sign. */
export function moneyOf(format: Format, minor: number): string {
  return format.money(Math.round(minor))
}

/** The verdict as one sentence, its reasons, and what is left after costs. */
export function VerdictWords({ report }: { report: Report }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { verdict, reasons, cost } = report
  const total = report.lift.total_minor
  const gain = report.gain_minor
  const silent = report.mailed.orders + report.holdout.orders === 0
  const between = total && intervalWords(format, verdict === 'less' ? turned(total) : total)
  const sentence =
    silent && (verdict === 'too_early' || verdict === 'no_effect_seen')
      ? t(report.window.over ? 'campaigns:verdicts.nobodyBought' : 'campaigns:verdicts.nobodyBoughtYet')
      : verdict === 'too_early' && between && !reasons.includes('too_few_members')
        ? t('campaigns:verdicts.too_earlyBetween', between)
        : t(`campaigns:verdicts.${verdict}`, {
            total: between?.estimate ?? '',
            low: between?.low ?? '',
            high: between?.high ?? '',
          })
  const why = reasons.map((reason) =>
    textOf(`campaigns:reasons.${reason}`, reason, { until: format.moment(report.window.to) }),
  )
  const after =
    gain && cost.total_minor > 0 && (verdict === 'more' || verdict === 'less')
      ? t('campaigns:gain', {
          cost: moneyOf(format, cost.total_minor),
          gain: moneyOf(format, gain.estimate),
          low: moneyOf(format, gain.low),
          high: moneyOf(format, gain.high),
        })
      : cost.total_minor > 0
        ? t('campaigns:gainUnknown', { cost: moneyOf(format, cost.total_minor) })
        : null
  const gap = language === 'en' ? ' ' : ''
  return (
    <div>
      <Text component="p" fz={17} fw={600} m={0}>
        {sentence}
      </Text>
      {why.length > 0 && (
        <Text component="p" fz="md" c="dimmed" m={0}>
          {why.join(gap)}
        </Text>
      )}
      {after && (
        <Text component="p" fz="md" m={0}>
          {after}
        </Text>
      )}
    </div>
  )
}

function intervalWords(format: Format, interval: Interval) {
  return {
    estimate: moneyOf(format, interval.estimate),
    low: moneyOf(format, interval.low),
    high: moneyOf(format, interval.high),
  }
}

/** "less by between 10 and 30" is "more by between −30 and −10", turned around. */
function turned({ estimate, low, high }: Interval): Interval {
  return { estimate: -estimate, low: -high, high: -low }
}
