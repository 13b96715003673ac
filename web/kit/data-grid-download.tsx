/** The whole list as CSV, not only the page on screen. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Column } from './data-grid.tsx'
import { csvOf, downloadRowsMax, saveFile } from './download.ts'
import { useFormat } from './format.ts'
import { useTexts } from './i18n.ts'
import { Icon } from './icons.tsx'
import { problemSentence } from './problem.ts'
import type { List } from './use-call.ts'

export function DownloadButton<Row>(props: { name: string; columns: readonly Column<Row>[]; list: List<Row> }) {
  const { name, columns, list } = props
  const { t } = useTexts()
  const format = useFormat()
  const [busy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      const rows = await list.all(downloadRowsMax + 1)
      const kept = rows.slice(0, downloadRowsMax)
      const written = columns.filter((column) => column.value)
      saveFile(
        `${name}.csv`,
        csvOf(
          written.map(({ title }) => title),
          kept.map((row) => written.map(({ value }) => value!(row))),
        ),
      )
      if (rows.length > kept.length) {
        notifications.show({
          message: t('kit:downloadCut', { count: format.number(downloadRowsMax) as never }),
          color: 'yellow',
        })
      }
    } catch (thrown) {
      notifications.show({ message: problemSentence(thrown), color: 'red' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Tooltip label={t('kit:download')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={t('kit:download')}
        loading={busy}
        onClick={() => void download()}
        disabled={!list.rows?.length}
      >
        <Icon name="download" />
      </ActionIcon>
    </Tooltip>
  )
}
