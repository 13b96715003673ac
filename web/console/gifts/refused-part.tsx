/** Rewards of full cards and plans that could not be given, each with its reason and a way to give it now. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { nameIn, textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { problemSentence } from '../../kit/problem.ts'
import { Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useRewardName } from '../reward-fields.tsx'
import { useMay } from '../session.tsx'

export function RefusedPart() {
  const { t, language } = useTexts()
  const rewardName = useRewardName()
  const writes = useMay()('gifts:write')
  const [problem, setProblem] = useState<string | null>(null)
  const waiting = useCall('GET /v1/admin/gifts/refused').data?.data ?? []
  if (waiting.length === 0) return null
  const give = async (refused_id: string) => {
    setProblem(null)
    try {
      await call('POST /v1/admin/gifts/refused/:refused_id/retries', { params: { refused_id }, body: {} })
      await touch('gifts', 'gift-items', 'cards', 'plans')
    } catch (thrown) {
      setProblem(problemSentence(thrown))
    }
  }
  return (
    <Section title={t('gifts:refused')} hint={t('gifts:refusedHint')}>
      <Stack gap="sm">
        {problem && <Notice kind="warn">{problem}</Notice>}
        {waiting.map(({ refused_id, reason, member_id, display_name, names, reward, refused, promised_at }) => (
          <Group key={refused_id} justify="space-between" gap="xs">
            <div>
              <Door to={`/members/${member_id}`} className="rg-door">
                {display_name ?? t('members:unnamed')}
              </Door>
              <Text size="sm" c="dimmed">
                {rewardName(reward)} · {t(`whys:reasons.${reason}`)}: {nameIn(names, language, '')} ·{' '}
                <Moment at={promised_at} /> · {textOf(`errors:${refused}`, refused)}
              </Text>
            </div>
            {writes && (
              <Button size="compact-sm" variant="light" onClick={() => void give(refused_id)}>
                {t('gifts:giveNow')}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
