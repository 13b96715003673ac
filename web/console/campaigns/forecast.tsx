/** What would happen if the plan went out now: who is written to, what leaving out costs, what can be seen. */
import { Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { BlockSkeleton, Notice, Refused } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { reasonText } from '../messages/parts.tsx'
import classes from './campaigns.module.css'
import type { PlanValues } from './plan.ts'

export type Forecast = Answer<'POST /v1/admin/campaigns/forecasts'>
/** A slider that is dragged asks once it rests. */
const pauseMs = 300
/** A report says nothing about a side smaller than this; the same bound decides its verdict. */
const sideMin = 30
/** A message that changes sales by more than half is a rare one: then the draw is too small for usual effects. */
const rareShare = 0.5

export function PlanForecast({ values, campaign_id }: { values: PlanValues; campaign_id: string | null }) {
  const { t } = useTexts()
  const { segment_id, template_id, channel, holdout, attribution_days } = values
  const [asked] = useDebouncedValue(
    JSON.stringify({
      segment_id,
      template_id,
      channel,
      holdout_per_mille: Math.round((holdout ?? 0) * 1000),
      attribution_days: attribution_days || 1,
      ...(campaign_id ? { campaign_id } : {}),
    }),
    pauseMs,
  )
  const body = JSON.parse(asked) as {
    segment_id: string
    template_id: string
    channel: string | null
    holdout_per_mille: number
    attribution_days: number
  }
  const complete = Boolean(body.segment_id && body.template_id)
  const read = useCall('POST /v1/admin/campaigns/forecasts', { body }, { enabled: complete })
  return (
    <Section title={t('campaigns:forecast')}>
      {!complete && <Text c="dimmed">{t('campaigns:forecastWait')}</Text>}
      {complete && read.isPending && <BlockSkeleton height={220} />}
      {complete && read.isError && <Refused error={read.error} />}
      {complete && !read.isError && read.data && (
        <div style={{ opacity: read.isPlaceholderData ? 0.75 : 1 }} aria-busy={read.isFetching}>
          <ForecastWords forecast={read.data} holdout={body.holdout_per_mille} segment_id={body.segment_id} />
        </div>
      )}
    </Section>
  )
}

/** The audience as a bar of three parts, told apart by pattern as well as by shade, and the sentences below it. */
export function ForecastWords({
  forecast,
  holdout,
  segment_id,
  people,
}: {
  forecast: Forecast
  holdout: number
  segment_id: string
  /** Of a saved plan: where its people are listed, each side for itself. */
  people?: string
}) {
  const { t } = useTexts()
  const format = useFormat()
  const { audience } = forecast
  const parts = [
    {
      name: 'mailed',
      count: audience.mailed,
      text: t('campaigns:forecastWrite', { count: format.number(audience.mailed) }),
    },
    {
      name: 'holdout',
      count: audience.holdout,
      text: t('campaigns:forecastLeft', { count: format.number(audience.holdout) }),
    },
    {
      name: 'refused',
      count: audience.refused,
      text: t('campaigns:forecastRefused', { count: format.number(audience.refused) }),
    },
  ] as const
  return (
    <Stack gap="sm">
      <div className={classes.bar} aria-hidden="true">
        {parts.map(
          ({ name, count }) => count > 0 && <span key={name} data-part={name} style={{ flexGrow: count }} />,
        )}
      </div>
      <ul className={classes.legend}>
        {parts.map(({ name, text }) => (
          <li key={name}>
            <span className={classes.swatch} data-part={name} aria-hidden="true" />
            {(name === 'refused' && !people) || audience[name] === 0 ? (
              text
            ) : (
              <Door to={people ? `${people}?arm=${name}` : `/segments/${segment_id}`} className="rg-door">
                {text}
              </Door>
            )}
          </li>
        ))}
      </ul>
      <Refusals reasons={audience.reasons} people={people} />
      <Text>
        {t(forecast.usual_per_member_minor > 0 ? 'campaigns:forecastUsual' : 'campaigns:forecastUsualNone', {
          days: forecast.window_days,
          amount: format.money(Math.round(forecast.usual_per_member_minor)),
        })}
      </Text>
      {holdout === 0 ? <Notice kind="warn">{t('campaigns:holdoutNone')}</Notice> : <Detectable forecast={forecast} />}
      {forecast.message_cost_minor > 0 && (
        <Text c="dimmed">
          {t('campaigns:forecastMessages', { amount: format.money(Math.round(forecast.message_cost_minor)) })}
        </Text>
      )}
    </Stack>
  )
}

/** Why some cannot be written to: each reason opens its people once the plan is saved. */
function Refusals({ reasons, people }: { reasons: Record<string, number>; people: string | undefined }) {
  const format = useFormat()
  const sorted = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  if (sorted.length === 0) return null
  return (
    <Group gap="xs">
      {sorted.map(([reason, count]) => (
        <Text key={reason} size="sm" c="dimmed">
          {reasonText(reason)}{' '}
          <NumberDoor
            value={format.number(count)}
            to={people && `${people}?arm=refused&reason=${encodeURIComponent(reason)}`}
          />
        </Text>
      ))}
    </Group>
  )
}

function Detectable({ forecast }: { forecast: Forecast }) {
  const { t } = useTexts()
  const format = useFormat()
  const {
    detectable_per_member_minor: change,
    detectable_share: share,
    holdout_cost_minor: cost,
    audience,
  } = forecast
  if (audience.mailed < sideMin || audience.holdout < sideMin)
    return (
      <Notice kind="warn">
        {t('campaigns:forecastDetectNone', {
          mailed: format.number(audience.mailed),
          holdout: format.number(audience.holdout),
          least: format.number(sideMin),
        })}
      </Notice>
    )
  if (change === null) return <Text>{t('campaigns:forecastDetectUnknown')}</Text>
  const amount = format.money(Math.round(change))
  return (
    <>
      <Text>
        {share === null
          ? t('campaigns:forecastDetectBare', { amount })
          : t('campaigns:forecastDetect', { amount, share: format.percent(share) })}
      </Text>
      {cost !== null && (
        <Text>
          {t('campaigns:forecastCost', {
            count: format.number(audience.holdout),
            amount: format.money(Math.round(cost)),
          })}
        </Text>
      )}
      {share !== null && share > rareShare && (
        <Text c="dimmed" size="sm">
          {t('campaigns:forecastSmall')}
        </Text>
      )}
    </>
  )
}
