/** How far a run or a trial is; it can be stopped between two chunks, and goes on without this page. */
import { Group, Text } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../kit/confirm.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Progress } from '../../kit/states.tsx'
import { useMay } from '../session.tsx'
import { post, type Import } from './detail-page.tsx'

export function RunningPart({ one }: { one: Import }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [asks, setAsks] = useState(false)
  const { progress, status, counts } = one
  const {
    stage,
    bytes_read,
    bytes_total,
    rows_read,
    rows_booked,
    rows_per_second: rate,
    seconds_left: left,
  } = progress
  const isReading = stage === 'reading' || stage === 'waiting'
  const done = isReading ? Math.round((bytes_read / Math.max(1, bytes_total)) * rows_read) : rows_booked
  // while it is read, rows are estimated from the bytes that are left
  const total = isReading ? (bytes_read > 0 ? Math.round((rows_read * bytes_total) / bytes_read) : null) : rows_read
  const title = `${status === 'checking' ? `${t('imports:progress.checking')}: ` : ''}${t(`imports:progress.${stage}`)}`
  return (
    <>
      <Progress
        title={title}
        done={isReading ? rows_read : done}
        total={stage === 'booking' || isReading ? total : null}
        cancel={may('imports:write') ? () => setAsks(true) : undefined}
        detail={
          <Group gap="md">
            {left !== null && (
              <Text size="sm" c="dimmed">
                {t('imports:progress.left', { duration: format.duration(left) })}
              </Text>
            )}
            {rate !== null && (
              <Text size="sm" c="dimmed">
                {t('imports:progress.rate', { rows: format.number(rate) })}
              </Text>
            )}
            {counts.refused > 0 && (
              <Text size="sm" c="dimmed">
                {t('imports:counts.refused')}: {format.number(counts.refused)}
              </Text>
            )}
          </Group>
        }
      />
      <Confirm
        opened={asks}
        close={() => setAsks(false)}
        title={t('imports:progress.stopTitle')}
        verb={t('imports:progress.stop')}
        dangerous
        act={() => post(one.import_id, 'cancellation')}
      >
        {t('imports:progress.stopBody', { rows: format.number(status === 'checking' ? 0 : rows_booked) })}
      </Confirm>
    </>
  )
}
