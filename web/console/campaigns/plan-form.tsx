/** One calm page in steps: whom, what, who is left out and what that costs, when. */
import { Badge, Grid, Group, SegmentedControl, Slider, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Door } from '../../kit/door.tsx'
import { ChoiceField, MoneyField, MomentField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { PlanForecast } from './forecast.tsx'
import type { PlanValues } from './plan.ts'
import classes from './campaigns.module.css'

interface PlanFormProps {
  initial: PlanValues
  campaign_id: string | null
  save: (values: PlanValues) => Promise<unknown>
  cancel: () => void
}

export function PlanForm({ initial, campaign_id, save, cancel }: PlanFormProps) {
  const { t } = useTexts()
  const form = useForm<PlanValues>({
    initial,
    save,
    saved: () => undefined,
    check: (values) => ({
      ...(values.name.trim() ? {} : { '/name': t('campaigns:nameNeeded') }),
      ...(values.timing === 'later' && !values.send_at ? { '/send_at': t('campaigns:timeNeeded') } : {}),
      ...(values.send_at && values.not_after && values.not_after <= values.send_at && values.timing === 'later'
        ? { '/not_after': t('campaigns:notAfterEarly') }
        : {}),
    }),
  })
  return (
    <FormFrame form={form} verb={t('campaigns:save')} cancel={cancel} always={campaign_id === null}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Step no={1} title={t('campaigns:stepName')}>
              <TextField
                field={form.field('name')}
                label={t('campaigns:name')}
                consequence={t('campaigns:nameHint')}
                required
                maxLength={120}
              />
            </Step>
            <Audience form={form} />
            <Message form={form} />
            <Control form={form} />
            <When form={form} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <div className={classes.stays}>
            <PlanForecast values={form.values} campaign_id={campaign_id} />
          </div>
        </Grid.Col>
      </Grid>
    </FormFrame>
  )
}

function Step({ no, title, children }: { no: number; title: string; children: ReactNode }) {
  return (
    <Section>
      <Group gap="sm" mb="md">
        <Badge circle variant="light" color="gray" size="lg" aria-hidden="true">
          {String(no)}
        </Badge>
        <Text component="h2" fw={620} fz="lg" m={0}>
          {title}
        </Text>
      </Group>
      <Stack gap="md">{children}</Stack>
    </Section>
  )
}

type PartProps = { form: Form<PlanValues> }

function Audience({ form }: PartProps) {
  const { t } = useTexts()
  const format = useFormat()
  const segments = useCall('GET /v1/admin/segments')
  const choices = (segments.data?.data ?? []).map(({ segment_id, name, size }) => ({
    value: segment_id,
    label: t('campaigns:segmentOption', { name, members: format.number(size?.count) }),
  }))
  const chosen = form.values.segment_id
  return (
    <Step no={2} title={t('campaigns:stepAudience')}>
      <ChoiceField
        field={form.field('segment_id')}
        label={t('campaigns:segment')}
        choices={choices}
        consequence={t('campaigns:segmentHint')}
      />
      {chosen && (
        <Text size="sm">
          <Door to={`/segments/${chosen}`} className="rg-door">
            {t('campaigns:seeSegment')}
          </Door>
        </Text>
      )}
      {segments.data && choices.length === 0 && (
        <Text size="sm">
          {t('campaigns:noSegments')}{' '}
          <Door to="/segments/new" className="rg-door">
            {t('campaigns:makeSegment')}
          </Door>
        </Text>
      )}
    </Step>
  )
}

/** A list to choose from: more templates than this are searched for on their own page. */
const templatesMax = 200

function Message({ form }: PartProps) {
  const { t } = useTexts()
  const templates = useCall('GET /v1/admin/templates', { query: { limit: templatesMax } })
  const channels = useCall('GET /v1/admin/channels')
  const rows = templates.data?.data ?? []
  const chosen = rows.find(({ template_id }) => template_id === form.values.template_id)
  const ways = (channels.data?.data ?? []).filter(
    ({ mediums, configured }) => configured && chosen && (mediums as string[]).includes(chosen.medium),
  )
  return (
    <Step no={3} title={t('campaigns:stepMessage')}>
      <ChoiceField
        field={form.field('template_id')}
        label={t('campaigns:chooseTemplate')}
        choices={rows.map(({ template_id, name, medium }) => ({
          value: template_id,
          label: `${name} · ${t(`messages:mediums.${medium}`)}`,
        }))}
      />
      {chosen && (
        <Text size="sm">
          <Door to={`/messages/templates/${chosen.template_id}`} className="rg-door">
            {t('campaigns:seeTemplate')}
          </Door>
        </Text>
      )}
      {templates.data && rows.length === 0 && (
        <Text size="sm">
          {t('campaigns:noTemplates')}{' '}
          <Door to="/messages/templates/new" className="rg-door">
            {t('campaigns:makeTemplate')}
          </Door>
        </Text>
      )}
      {chosen && (
        <ChoiceField
          field={form.field('channel')}
          label={t('campaigns:channel')}
          placeholder={t('campaigns:channelAuto')}
          clearable
          consequence={chosen.medium === 'sms' ? t('campaigns:channelHint') : undefined}
          choices={ways.map(({ channel }) => ({
            value: channel,
            label: t(`messages:channels.${channel as 'email' | 'file' | 'outbox'}`),
          }))}
        />
      )}
    </Step>
  )
}

/** Half left out is the most that anybody needs: it is the sharpest draw. */
const holdoutMax = 0.5

function Control({ form }: PartProps) {
  const { t } = useTexts()
  const format = useFormat()
  const holdout = form.values.holdout ?? 0
  const marks = [0, 0.1, 0.25, 0.5].map((value) => ({ value, label: format.percent(value) }))
  return (
    <Step no={4} title={t('campaigns:stepControl')}>
      <div>
        <Text size="sm" fw={500} id="holdout">
          {t('campaigns:holdout')}: <b className="rg-figures">{format.percent(holdout)}</b>
        </Text>
        <Slider
          value={holdout}
          onChange={(value) => form.set({ holdout: Math.round(value * 100) / 100 })}
          min={0}
          max={holdoutMax}
          step={0.01}
          marks={marks}
          label={(value) => format.percent(value)}
          mt="sm"
          mb="xl"
          thumbLabel={t('campaigns:holdout')}
          color="gray"
        />
        <Text size="sm" c="dimmed">
          {t('campaigns:holdoutHint')}
        </Text>
      </div>
      {holdout === 0 && <Notice kind="warn">{t('campaigns:holdoutNone')}</Notice>}
      <Group grow align="flex-start">
        <NumberField
          field={form.field('attribution_days')}
          label={t('campaigns:attribution')}
          suffix={t('campaigns:attributionUnit')}
          min={1}
          max={90}
          consequence={t('campaigns:attributionHint')}
        />
        <MoneyField
          field={form.field('fixed_cost_minor')}
          label={t('campaigns:fixedCost')}
          consequence={t('campaigns:fixedCostHint')}
        />
      </Group>
    </Step>
  )
}

function When({ form }: PartProps) {
  const { t } = useTexts()
  const { timing } = form.values
  return (
    <Step no={5} title={t('campaigns:stepWhen')}>
      <SegmentedControl
        aria-label={t('campaigns:stepWhen')}
        value={timing}
        onChange={(value) => form.set({ timing: value as PlanValues['timing'] })}
        w="fit-content"
        data={[
          { value: 'now', label: t('campaigns:now') },
          { value: 'later', label: t('campaigns:later') },
        ]}
      />
      {timing === 'later' && (
        <>
          <MomentField field={form.field('send_at')} label={t('campaigns:sendAt')} required />
          <MomentField
            field={form.field('not_after')}
            label={t('campaigns:notAfter')}
            consequence={t('campaigns:notAfterHint')}
            clearable
          />
        </>
      )}
    </Step>
  )
}
