/** The figure beside the builder: how many fit now, how long counting took, and a way to stop a slow one. */
import { Box, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Refused } from '../../kit/states.tsx'
import { plain, type Catalogue, type Group as Condition } from './condition.ts'
import { sentenceOf } from './sentence.ts'
import type { LiveCount } from './use-live-count.ts'
import type { Words } from './words.ts'

/** Within a second nobody wants to stop anything. */
const slowMs = 1_000

export function LiveCountBox({
  live,
  condition,
  total,
}: {
  live: LiveCount
  condition: Condition
  total?: number | undefined
}) {
  const { t } = useTexts()
  const format = useFormat()
  const { counted, state } = live
  const old = state !== 'done'
  const share =
    counted && total
      ? t('segments:liveOf', { share: format.percent(counted.count / total, 1), members: format.number(total) })
      : null
  return (
    <Stack gap={6} role="status" aria-live="polite">
      <Text size="sm" c="dimmed">
        {t('segments:live')}
      </Text>
      <Group gap="xs" mih={44}>
        <Text fz={32} fw={650} lh={1.2} className="rg-figures" c={old ? 'dimmed' : undefined} component="div">
          {counted ? <NumberDoor value={format.number(counted.count)} to={peopleAddress(condition)} /> : '–'}
        </Text>
        {state === 'counting' && <Loader size="xs" color="gray" aria-label={t('segments:counting')} />}
      </Group>
      {state === 'done' && counted && (
        <Text size="sm" c="dimmed">
          {share && (
            <>
              {share}
              <br />
            </>
          )}
          {t('segments:liveTook', {
            at: format.moment(counted.computed_at),
            ms: format.number(counted.ms),
          })}
        </Text>
      )}
      <Doing live={live} />
    </Stack>
  )
}

/** What the count is doing when it is not done: waiting for the condition, running long, stopped, refused. */
function Doing({ live }: { live: LiveCount }) {
  const { t } = useTexts()
  const format = useFormat()
  const { state, counted } = live
  const seconds = useSecondsSince(live.since)
  if (state === 'idle')
    return (
      <Text size="sm" c="dimmed">
        {t('segments:liveIdle')}
      </Text>
    )
  if (state === 'counting' && seconds * 1000 >= slowMs) {
    return (
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t('segments:countingLong', { seconds: format.number(seconds) })}
        </Text>
        <Button size="xs" variant="default" onClick={live.cancel}>
          {t('segments:cancelCount')}
        </Button>
      </Group>
    )
  }
  if (state !== 'cancelled' && state !== 'failed') return null
  return (
    <>
      {state === 'cancelled' && <Text size="sm">{t(counted ? 'segments:cancelled' : 'segments:cancelledBare')}</Text>}
      {state === 'failed' && <Refused error={live.error} />}
      <Box>
        <Button size="xs" variant="default" onClick={live.again}>
          {t('segments:again')}
        </Button>
      </Box>
    </>
  )
}

function useSecondsSince(since: number | null): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    setSeconds(0)
    if (since === null) return
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - since) / 1000)), 250)
    return () => clearInterval(timer)
  }, [since])
  return seconds
}

/** The page of the people for whom a condition holds: what every number of people opens. */
export function peopleAddress(condition: Condition): string {
  return `/segments/people?condition=${encodeURIComponent(JSON.stringify(plain(condition)))}`
}

/** The condition as one sentence; what it says when nothing is asked. */
export function Sentence({
  condition,
  catalogue,
  words,
}: {
  condition: Condition
  catalogue: Catalogue
  words: Words
}) {
  const { t } = useTexts()
  const sentence = sentenceOf(condition, catalogue, words)
  return (
    <Box>
      <Text size="sm" c="dimmed">
        {t('segments:inWords')}
      </Text>
      <Text>{sentence || t('segments:everybody')}</Text>
    </Box>
  )
}
