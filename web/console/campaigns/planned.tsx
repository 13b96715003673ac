/** A campaign before it is sent: its plan, what would happen, and the button that sends it. */
import { Button, Grid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../kit/confirm.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { CancelButton } from './cancel-button.tsx'
import classes from './campaigns.module.css'
import { ForecastWords, type Forecast } from './forecast.tsx'
import type { Campaign } from './plan.ts'
import { CampaignState } from './table.tsx'

export function PlannedCampaign({ campaign }: { campaign: Campaign }) {
  const { t } = useTexts()
  const may = useMay()
  const { campaign_id, status } = campaign
  const open = status === 'draft' || status === 'scheduled'
  const complete = Boolean(campaign.segment_id && campaign.template_id)
  const read = useCall(
    'GET /v1/admin/campaigns/:campaign_id/forecast',
    { params: { campaign_id } },
    { enabled: open && complete },
  )
  const edit = (
    <Button
      variant="default"
      component={Door}
      to={`/campaigns/${campaign_id}/edit`}
      leftSection={<Icon name="edit" size={15} />}
    >
      {t('campaigns:change')}
    </Button>
  )
  const mine = may('campaigns:write')
  return (
    <Page
      title={campaign.name}
      question={t('campaigns:planQuestion')}
      above={[{ title: t('campaigns:title'), to: '/campaigns' }]}
      answer={<PlannedAnswer campaign={campaign} />}
      as_of={read.data ? read.dataUpdatedAt : undefined}
      actions={
        mine &&
        open && (
          <>
            {edit}
            <CancelButton campaign={campaign} />
          </>
        )
      }
      action={mine && status === 'draft' ? <SendAction campaign={campaign} forecast={read.data} /> : undefined}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Plan campaign={campaign} />
        </Grid.Col>
        {open && (
          <Grid.Col span={{ base: 12, md: 6 }}>
            <Section title={t('campaigns:forecast')}>
              {!complete && <Text c="dimmed">{t('campaigns:forecastWait')}</Text>}
              {complete && read.isPending && <BlockSkeleton height={220} />}
              {complete && read.isError && <Refused error={read.error} />}
              {read.data && (
                <ForecastWords
                  forecast={read.data}
                  holdout={campaign.holdout_per_mille}
                  segment_id={campaign.segment_id!}
                  people={`/campaigns/${campaign_id}/recipients`}
                />
              )}
            </Section>
          </Grid.Col>
        )}
      </Grid>
    </Page>
  )
}

function PlannedAnswer({ campaign }: { campaign: Campaign }) {
  const { t } = useTexts()
  const format = useFormat()
  const missing = (['segment_id', 'template_id'] as const).filter((key) => campaign[key] === null)
  const until = format.moment(campaign.not_after)
  const words = {
    draft:
      missing.length > 0
        ? t('campaigns:draftMissing', { what: format.list(missing.map((key) => t(`campaigns:missing.${key}`))) })
        : t('campaigns:draftAnswer'),
    scheduled: t('campaigns:scheduledAnswer', { at: format.moment(campaign.send_at), until }),
    expired: t('campaigns:expiredAnswer', { until }),
    cancelled: t('campaigns:cancelledAnswer'),
    sending: '',
    paused: '',
    sent: '',
  }
  return (
    <Stack gap={4}>
      <CampaignState status={campaign.status} />
      <span>{words[campaign.status]}</span>
    </Stack>
  )
}

/** The plan in words; what was chosen is a door to it. */
export function Plan({ campaign }: { campaign: Campaign }) {
  const { t } = useTexts()
  const format = useFormat()
  const { segment_id, template_id } = campaign
  const way = campaign.sent_through ?? campaign.channel
  const facts = [
    [
      t('campaigns:audience'),
      segment_id ? (
        <Door key="s" to={`/segments/${segment_id}`} className="rg-door">
          {campaign.segment_name}
        </Door>
      ) : (
        t('campaigns:noSegment')
      ),
    ],
    [
      t('campaigns:template'),
      template_id ? (
        <Door key="t" to={`/messages/templates/${template_id}`} className="rg-door">
          {campaign.template_name}
        </Door>
      ) : (
        t('campaigns:noTemplate')
      ),
    ],
    [
      t('campaigns:channel'),
      way ? t(`messages:channels.${way as 'email' | 'file' | 'outbox'}`) : t('campaigns:channelAuto'),
    ],
    [
      t('campaigns:stepControl'),
      format.percent(campaign.holdout_per_mille / 1000, campaign.holdout_per_mille % 10 === 0 ? 0 : 1),
    ],
    [t('campaigns:attribution'), `${format.number(campaign.attribution_days)} ${t('campaigns:attributionUnit')}`],
    [t('campaigns:fixedCost'), format.money(campaign.fixed_cost_minor)],
    [t('campaigns:stepWhen'), campaign.send_at ? format.moment(campaign.send_at) : t('campaigns:now')],
    ...(campaign.not_after ? [[t('campaigns:notAfter'), format.moment(campaign.not_after)] as const] : []),
  ] as const
  return (
    <Section title={t('campaigns:plan')}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => [<dt key={`${name}.name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
    </Section>
  )
}

/** The one button that writes to people: first it says in numbers what will happen. */
function SendAction({ campaign, forecast }: { campaign: Campaign; forecast: Forecast | undefined }) {
  const { t } = useTexts()
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const schedule = useWrite('POST /v1/admin/campaigns/:campaign_id/schedule', { touches: ['messages', 'sends'] })
  const { campaign_id, send_at, not_after } = campaign
  const count = format.number(forecast?.audience.mailed)
  const label = !forecast
    ? t('campaigns:sendNowBare')
    : send_at
      ? t('campaigns:schedule', { count })
      : t('campaigns:sendNow', { count })
  const at = format.moment(send_at)
  return (
    <>
      <PrimaryAction
        label={label}
        icon="campaigns"
        disabled={!forecast || forecast.audience.mailed === 0}
        onClick={() => setAsking(true)}
      />
      <Confirm
        opened={asking}
        close={() => setAsking(false)}
        verb={label}
        title={send_at ? t('campaigns:confirmScheduleTitle', { count, at }) : t('campaigns:confirmTitle', { count })}
        act={() =>
          schedule.mutateAsync({
            params: { campaign_id },
            body: { send_at, not_after },
          })
        }
      >
        {forecast && <ConfirmWords campaign={campaign} forecast={forecast} />}
      </Confirm>
    </>
  )
}

function ConfirmWords({ campaign, forecast }: { campaign: Campaign; forecast: Forecast }) {
  const { t } = useTexts()
  const format = useFormat()
  const { audience } = forecast
  const channels = useCall('GET /v1/admin/channels')
  const template = useCall('GET /v1/admin/templates/:template_id', {
    params: { template_id: campaign.template_id ?? '' },
  })
  const way =
    campaign.channel ??
    channels.data?.data.find(
      ({ channel, configured, mediums }) =>
        configured && channel !== 'file' && (mediums as string[]).includes(template.data?.medium ?? ''),
    )?.channel
  return (
    <Stack gap="xs">
      <Text>
        {t('campaigns:confirmText', {
          mailed: format.number(audience.mailed),
          template: campaign.template_name ?? '',
          holdout: format.number(audience.holdout),
          refused: format.number(audience.refused),
          channel: way ? t(`messages:channels.${way as 'email' | 'file' | 'outbox'}`) : '…',
        })}
      </Text>
      {way === 'outbox' && <Text>{t('campaigns:confirmOutbox')}</Text>}
      {campaign.holdout_per_mille === 0 && <Text>{t('campaigns:confirmNoHoldout')}</Text>}
      {forecast.message_cost_minor > 0 && (
        <Text>{t('campaigns:confirmCost', { amount: format.money(Math.round(forecast.message_cost_minor)) })}</Text>
      )}
      {campaign.not_after && <Text>{t('campaigns:confirmUntil', { until: format.moment(campaign.not_after) })}</Text>}
      <Text c="dimmed">{t('campaigns:confirmUndo')}</Text>
    </Stack>
  )
}
