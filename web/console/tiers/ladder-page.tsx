/** The steps of the ladder and what they are called in each language. */
import { ActionIcon, Button, Group, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { languages, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm } from '../../kit/use-form.ts'
import { useSession } from '../session.tsx'

type Tier = Row<'GET /v1/admin/tiers'>
interface Step {
  tier_id?: string
  code: string
  names: Record<string, string>
  invitation_only: boolean
  members: number
}

/** The server's own limit. */
const stepsMax = 12

export default function LadderPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/tiers')
  const frame = {
    title: t('tiers:editLadder'),
    question: t('tiers:form.ladderQuestion'),
    above: [{ title: t('tiers:title'), to: '/tiers' }],
  }
  return (
    <Page {...frame} width="narrow">
      {read.data ? (
        <Section>
          <LadderForm tiers={read.data.data} />
        </Section>
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <TextSkeleton lines={8} />
      )}
    </Page>
  )
}

function stepOf({ tier_id, code, names, invitation_only, members }: Tier): Step {
  return { tier_id, code, names, invitation_only, members }
}

/** A code that no step has: people name tiers, programs know them by code. */
function newCode(steps: readonly Step[]): string {
  for (let n = steps.length + 1; ; n += 1) if (!steps.some(({ code }) => code === `tier_${n}`)) return `tier_${n}`
}

function LadderForm({ tiers }: { tiers: readonly Tier[] }) {
  const { t } = useTexts()
  const go = useGo()
  const { program } = useSession()
  const spoken = program?.languages ?? languages.map(({ code }) => code)
  const form = useForm<{ steps: Step[] }>({
    initial: {
      steps:
        tiers.length > 0 ? tiers.map(stepOf) : [{ code: 'member', names: {}, invitation_only: false, members: 0 }],
    },
    check: ({ steps }) =>
      Object.fromEntries(
        steps.flatMap((step, i) => {
          const first = spoken.find((code) => !step.names[code]?.trim())
          return first ? [[`/tiers/${i}/names/${first}`, t('tiers:form.needName')]] : []
        }),
      ),
    save: saveLadder,
    saved: () => go('/tiers'),
  })
  const { steps } = form.values
  const change = (i: number, step: Step) => form.set({ steps: steps.map((one, k) => (k === i ? step : one)) })
  return (
    <FormFrame form={form} cancel={() => go('/tiers')}>
      <Stack gap="lg">
        {steps.map((step, i) => (
          <StepFields
            key={step.code}
            step={step}
            place={i}
            spoken={spoken}
            errorAt={form.errorAt}
            change={(changed) => change(i, changed)}
            remove={
              steps.length > 1 && step.members === 0
                ? () => form.set({ steps: steps.filter((_, k) => k !== i) })
                : null
            }
          />
        ))}
      </Stack>
      {steps.length < stepsMax && (
        <Group>
          <Button
            variant="default"
            leftSection={<Icon name="plus" size={15} />}
            onClick={() =>
              form.set({
                steps: [...steps, { code: newCode(steps), names: {}, invitation_only: false, members: 0 }],
              })
            }
          >
            {t('tiers:form.add')}
          </Button>
        </Group>
      )}
      <Text size="sm" c="dimmed">
        {t('tiers:form.ladderHint')}
      </Text>
    </FormFrame>
  )
}

async function saveLadder({ steps }: { steps: Step[] }): Promise<void> {
  await call('PUT /v1/admin/tiers', {
    body: {
      tiers: steps.map(({ tier_id, code, names, invitation_only }) => ({
        ...(tier_id ? { tier_id } : {}),
        code,
        names: trimmed(names),
        invitation_only,
      })),
    },
  })
  await touch('tiers', 'members')
}

function trimmed(names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names)
      .map(([code, name]) => [code, name.trim()])
      .filter(([, name]) => name !== ''),
  )
}

interface StepProps {
  step: Step
  place: number
  spoken: readonly string[]
  errorAt: (pointer: string) => string | undefined
  change: (step: Step) => void
  /** null: members stand on it, or it is the only one. */
  remove: (() => void) | null
}

function StepFields({ step, place, spoken, errorAt, change, remove }: StepProps) {
  const { t, language } = useTexts()
  const format = useFormat()
  const names = new Intl.DisplayNames(language, { type: 'language' })
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <Group justify="space-between" mb={4}>
        <Text component="legend" fw={600}>
          {place === 0 ? t('tiers:form.first') : t('tiers:form.step', { step: format.number(place + 1) })}
        </Text>
        <Group gap="xs">
          {step.members > 0 && (
            <Text size="sm" c="dimmed">
              {t('tiers:form.held', { count: step.members, members: format.number(step.members) })}
            </Text>
          )}
          {remove && (
            <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={t('tiers:form.remove')}>
              <Icon name="trash" />
            </ActionIcon>
          )}
        </Group>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: Math.min(3, spoken.length) }}>
        {spoken.map((code) => (
          <TextInput
            key={code}
            label={languages.find((one) => one.code === code)?.name ?? names.of(code) ?? code}
            lang={code}
            maxLength={60}
            name={`tiers/${place}/names/${code}`}
            value={step.names[code] ?? ''}
            error={errorAt(`/tiers/${place}/names/${code}`)}
            onChange={(event) => change({ ...step, names: { ...step.names, [code]: event.currentTarget.value } })}
          />
        ))}
      </SimpleGrid>
      {place > 0 && (
        <Switch
          mt="xs"
          label={t('tiers:form.invitationOnly')}
          description={step.invitation_only ? t('tiers:form.invitationOnlyHint') : undefined}
          checked={step.invitation_only}
          onChange={(event) => change({ ...step, invitation_only: event.currentTarget.checked })}
        />
      )}
    </fieldset>
  )
}
