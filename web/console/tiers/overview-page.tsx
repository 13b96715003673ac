/** Who stands on which tier, and what does it take? */
import { Button, Progress, Table, Text } from '@mantine/core'
import { call, touch, type Row } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { BlockSkeleton, Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useTierNames } from '../points/rule-words.ts'
import { RuleVersions } from '../rule-versions.tsx'
import { all as all_of, peopleAddress } from '../people.ts'
import { useMay } from '../session.tsx'
import { useMeasured } from './measure-words.ts'
import { useTierRuleLine, useTierRuleLines, type TierRule } from './rule-words.ts'

type Tier = Row<'GET /v1/admin/tiers'>

export default function TiersPage() {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/tiers')
  const versions = useList('GET /v1/admin/tier-rules')
  const line = useTierRuleLine(useTierNames())
  const rule = versions.rows?.find((version) => version.in_force)?.rule
  const tiers = read.data?.data ?? []
  const all = tiers.reduce((sum, tier) => sum + tier.members, 0)
  return (
    <Page
      title={t('tiers:title')}
      question={t('tiers:question')}
      as_of={read.data ? read.dataUpdatedAt : null}
      answer={
        read.data ? (
          <Answered tiers={tiers} all={all} />
        ) : read.isPending ? (
          <TextSkeleton lines={1} width={420} />
        ) : null
      }
      action={
        may('rules:write') &&
        tiers.length > 0 && <PrimaryAction label={t('tiers:change')} icon="edit" to="/tiers/rule" />
      }
      actions={
        may('tiers:write') && (
          <Button component={Door} to="/tiers/ladder" variant="default">
            {t('tiers:editLadder')}
          </Button>
        )
      }
    >
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={220} />}
      {read.data && tiers.length === 0 && (
        <Section>
          <NoLadder />
        </Section>
      )}
      {tiers.length > 0 && (
        <Section title={t('tiers:ladder')}>
          <Ladder rule={rule} all={all} />
        </Section>
      )}
      {rule && (
        <Section title={t('tiers:inForce')}>
          <InForce rule={rule} />
        </Section>
      )}
      <Section title={t('points:versions.title')} hint={t('tiers:versionsHint')} bare>
        <RuleVersions list={versions} line={({ rule: said }) => line(said)} callOff={callOff} />
      </Section>
    </Page>
  )
}

async function callOff(version: number): Promise<void> {
  await call('POST /v1/admin/tier-rules/:version/call-off', { params: { version } })
  await touch('tier-rules', 'tiers')
}

function Answered({ tiers, all }: { tiers: readonly Tier[]; all: number }) {
  const { t, language } = useTexts()
  const format = useFormat()
  if (all === 0) return t('tiers:answerNone')
  const above = tiers.slice(1).reduce((sum, tier) => sum + tier.members, 0)
  const top = tiers.at(-1)
  return (
    <Sentence
      text={t('tiers:answer', {
        all: format.number(all),
        above: format.number(above),
        share: format.percent(above / all),
        top: format.number(top?.members ?? 0),
        tier: nameIn(top?.names, language, top?.code ?? ''),
      })}
      doors={{
        all: '/members?kind=member',
        above:
          above > 0
            ? peopleAddress(all_of({ field: 'tier', operator: 'in', value: tiers.slice(1).map(({ code }) => code) }))
            : undefined,
        top: `/members?tier_code=${top?.code ?? ''}`,
      }}
    />
  )
}

function NoLadder() {
  const { t } = useTexts()
  const may = useMay()
  return (
    <Empty
      icon="tier"
      title={t('tiers:empty')}
      hint={t('tiers:emptyHint')}
      action={
        may('tiers:write') && (
          <Button component={Door} to="/tiers/ladder">
            {t('tiers:begin')}
          </Button>
        )
      }
    />
  )
}

function Ladder({ rule, all }: { rule: TierRule | undefined; all: number }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const tiers = useCall('GET /v1/admin/tiers').data?.data ?? []
  const measured = useMeasured()
  const needs = (tier: Tier, threshold: number | undefined) => {
    const amount = threshold === undefined || !rule ? undefined : measured(rule.measure.kind, threshold)
    if (tier.invitation_only) return amount ? t('tiers:keptBy', { amount }) : t('tiers:byInvitation')
    return amount ?? t('tiers:notReached')
  }
  const points = useCall('GET /v1/admin/point-rules').data?.data.find((version) => version.in_force)?.rule
  return (
    <Table.ScrollContainer minWidth={300} type="native">
      <Table verticalSpacing={8} aria-label={t('tiers:ladder')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('tiers:tier')}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t('tiers:needs')}
            </Table.Th>
            <Table.Th scope="col" ta="right" visibleFrom="sm">
              {t('tiers:multiplier')}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {t('tiers:members')}
            </Table.Th>
            <Table.Th scope="col" w="28%" visibleFrom="sm">
              {t('tiers:share')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...tiers].reverse().map((tier) => {
            const name = nameIn(tier.names, language, tier.code)
            const threshold = rule?.thresholds[tier.code]
            const share = all === 0 ? 0 : tier.members / all
            return (
              <Table.Tr key={tier.tier_id}>
                <Table.Th scope="row" fw={600}>
                  {name}
                </Table.Th>
                <Table.Td ta="right" className="rg-figures">
                  {tier.rank === 0 ? t('tiers:nothing') : needs(tier, threshold)}
                </Table.Td>
                <Table.Td ta="right" className="rg-figures" visibleFrom="sm">
                  {points ? format.percent((points.earn.tier_percent[tier.code] ?? 100) / 100) : '–'}
                </Table.Td>
                <Table.Td ta="right">
                  <NumberDoor value={format.number(tier.members)} to={`/members?tier_code=${tier.code}`} />
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <Progress.Root size="sm" aria-hidden="true">
                    <Progress.Section value={share * 100} color="gray.6" />
                  </Progress.Root>
                  <Text size="xs" c="dimmed">
                    {format.percent(share, 1)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function InForce({ rule }: { rule: TierRule }) {
  const lines = useTierRuleLines()
  return (
    <Table withRowBorders={false} verticalSpacing={5} horizontalSpacing={0}>
      <Table.Tbody>
        {lines(rule).map(({ label, text }) => (
          <Table.Tr key={label}>
            <Table.Th scope="row" fw={400} c="dimmed" w="30%" style={{ verticalAlign: 'top' }}>
              {label}
            </Table.Th>
            <Table.Td>{text}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
