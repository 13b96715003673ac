/** A campaign on its way or done: progress while messages leave, the report from the first one on. */
import { Button, Text } from '@mantine/core'
import type { Answer } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Failed, Notice, Progress, Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { CancelButton } from './cancel-button.tsx'
import type { Campaign } from './plan.ts'
import { Plan } from './planned.tsx'
import { CampaignReport } from './report.tsx'
import { VerdictWords } from './verdict.tsx'
import { CampaignState } from './table.tsx'

type ProgressNow = Answer<'GET /v1/admin/campaigns/:campaign_id/progress'>
/** Pausing must be seen within a second. */
const pollMs = 1_000
/** Figures of a report while it is looked at: people click for days. */
const reportPollMs = 15_000

export function StartedCampaign({ campaign }: { campaign: Campaign }) {
  const { t } = useTexts()
  const may = useMay()
  const { campaign_id, status } = campaign
  const params = { campaign_id }
  const underWay = status === 'sending' || status === 'paused'
  const progress = useCall(
    'GET /v1/admin/campaigns/:campaign_id/progress',
    { params },
    { every_ms: underWay ? pollMs : false },
  )
  const report = useCall(
    'GET /v1/admin/campaigns/:campaign_id/report',
    { params },
    { every_ms: underWay ? pollMs * 5 : reportPollMs },
  )
  const pause = useWrite('POST /v1/admin/campaigns/:campaign_id/pause', { touches: ['sends'] })
  const resume = useWrite('DELETE /v1/admin/campaigns/:campaign_id/pause', { touches: ['sends'] })
  const now = progress.data
  return (
    <Page
      title={campaign.name}
      question={t('campaigns:question')}
      above={[{ title: t('campaigns:title'), to: '/campaigns' }]}
      as_of={report.data?.as_of}
      answer={<StartedAnswer campaign={campaign} progress={now} report={report.data} />}
      actions={
        <>
          {may('members:read') && (
            <Button variant="default" component={Door} to={`/campaigns/${campaign_id}/recipients`}>
              {t('campaigns:recipientsDoor')}
            </Button>
          )}
          {underWay && may('campaigns:write') && (
            <CancelButton
              campaign={campaign}
              sent={{ done: now?.done ?? 0, left: (now?.total ?? 0) - (now?.done ?? 0) }}
            />
          )}
        </>
      }
      action={
        !may('campaigns:write') ? undefined : status === 'sending' ? (
          <PrimaryAction
            label={t('campaigns:pause')}
            icon="pause"
            busy={pause.isPending}
            onClick={() => pause.mutate({ params })}
          />
        ) : status === 'paused' ? (
          <PrimaryAction
            label={t('campaigns:resume')}
            icon="play"
            busy={resume.isPending}
            onClick={() => resume.mutate({ params })}
          />
        ) : undefined
      }
    >
      {(pause.isError || resume.isError) && <Refused error={pause.error ?? resume.error} />}
      {underWay && now && <OnItsWay campaign={campaign} progress={now} />}
      {report.isPending && <BlockSkeleton height={420} />}
      {report.isError && !report.data && <Failed error={report.error} retry={() => void report.refetch()} />}
      {report.data && <CampaignReport campaign={campaign} report={report.data} />}
      <Plan campaign={campaign} />
    </Page>
  )
}

interface StartedAnswerProps {
  campaign: Campaign
  progress: ProgressNow | undefined
  report: Answer<'GET /v1/admin/campaigns/:campaign_id/report'> | undefined
}

function StartedAnswer({ campaign, progress, report }: StartedAnswerProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [done, total] = [progress?.done ?? 0, progress?.total ?? 0]
  const said = { done: format.number(done), total: format.number(total), left: format.number(total - done) }
  return (
    <>
      <CampaignState status={campaign.status} />
      {campaign.status === 'sending' && progress && (
        <div>
          <Sentence
            text={t('campaigns:sendingAnswer', said)}
            doors={{ done: `/messages?send_id=${campaign.send_id}` }}
          />
        </div>
      )}
      {campaign.status === 'paused' && progress && <div>{t('campaigns:pausedAnswer', said)}</div>}
      {campaign.status === 'cancelled' && <div>{t('campaigns:cancelledLater')}</div>}
      {campaign.status === 'sent' && report && <VerdictWords report={report} />}
    </>
  )
}

function OnItsWay({ campaign, progress }: { campaign: Campaign; progress: ProgressNow }) {
  const { t } = useTexts()
  const format = useFormat()
  const seconds = progress.per_second ? progress.done / progress.per_second : null
  const wait = progress.waiting_for
  const params = wait?.params ?? {}
  const at = (name: string) => (typeof params[name] === 'string' ? (params[name] as string) : null)
  return (
    <>
      <Progress
        title={t('campaigns:progressTitle')}
        done={progress.done}
        total={progress.total}
        seconds={seconds}
        state={campaign.status === 'paused' ? 'stopping' : progress.done === progress.total ? 'finished' : 'running'}
        detail={
          progress.per_second ? (
            <Text size="sm" c="dimmed">
              {t('campaigns:progressSpeed', { count: format.number(Math.round(progress.per_second)) })}
            </Text>
          ) : undefined
        }
      />
      {wait && (
        <Notice kind="warn" action={wait.code === 'campaign.list' && <OpenMailing send_id={campaign.send_id} />}>
          {textOf(`campaigns:waits.${wait.code.replace('campaign.', '')}`, wait.code, {
            at: format.moment(at('at') ?? at('send_at')),
            again: format.relative(at('again_at')),
            command: String(params['command'] ?? ''),
            detail: textOf(`errors:${String(params['code'])}`, String(params['detail'] ?? '')),
            count: format.number(Number(params['members'] ?? 0)),
          })}
        </Notice>
      )}
    </>
  )
}

function OpenMailing({ send_id }: { send_id: string | null }) {
  const { t } = useTexts()
  return (
    <Button size="xs" variant="default" component={Door} to={`/messages/sends/${send_id}`}>
      {t('campaigns:openSend')}
    </Button>
  )
}
