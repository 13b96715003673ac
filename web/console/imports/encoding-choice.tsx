/** What a file does not say itself: how its characters are written, and which of its dates is the day. */
import { Button, Group, ScrollArea, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import type { Import } from './detail-page.tsx'
import classes from './imports.module.css'

/** Rows that decide which reading is right. */
const rowsShown = 3
/** Cells of a row that fit beside each other. */
const cellsShown = 5

export function EncodingChoice({ one }: { one: Import }) {
  const { t } = useTexts()
  const write = useWrite('PUT /v1/admin/imports/:import_id/mapping')
  const { inspection, mapping, import_id } = one
  // a single guess is asked about too: until somebody says yes the file cannot be tried
  if (inspection.is_certain || inspection.candidates.length === 0) return null
  const choose = (encoding: string) => write.mutate({ params: { import_id }, body: { encoding } })
  return (
    <Section title={t('imports:encoding.title')} hint={t('imports:encoding.hint')}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {inspection.candidates.map(({ encoding, sample }, i) => {
          const isChosen = mapping.encoding === encoding
          return (
            <Stack key={encoding} gap="xs">
              <ScrollArea>
                <Rows rows={sample.slice(0, rowsShown)} />
              </ScrollArea>
              <Group gap="xs">
                <Button
                  size="xs"
                  variant={isChosen ? 'filled' : 'default'}
                  loading={write.isPending && write.variables?.body?.encoding === encoding}
                  onClick={() => choose(encoding)}
                  aria-pressed={isChosen}
                >
                  {isChosen ? t('imports:encoding.chosen', { encoding }) : t('imports:encoding.choose', { encoding })}
                </Button>
                {i === 0 && (
                  <Text size="sm" c="dimmed">
                    {t('imports:encoding.best')}
                  </Text>
                )}
              </Group>
            </Stack>
          )
        })}
      </SimpleGrid>
      {write.error && <Refused error={write.error} />}
    </Section>
  )
}

function Rows({ rows }: { rows: string[][] }) {
  return (
    <table className={classes.file}>
      <tbody>
        {rows.map((row, i) => (
          <tr key={i}>
            {row.slice(0, cellsShown).map((cell, j) => (
              <td key={j}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** 03/04/2026 may be two days: a person decides. */
export function DateOrders({ one }: { one: Import }) {
  const { t } = useTexts()
  const write = useWrite('PUT /v1/admin/imports/:import_id/mapping')
  const { inspection, mapping, import_id } = one
  if (inspection.ambiguous_dates.length === 0) return null
  const name = (order: string) => (isOrder(order) ? t(`imports:columns.orders.${order}`) : order)
  const choose = (field: string, order: string) => {
    if (!isOrder(order)) return
    write.mutate({
      params: { import_id },
      body: { mapping: { ...mapping, date_order: { ...mapping.date_order, [field]: order } } },
    })
  }
  return (
    <Section title={t('imports:columns.dateTitle')}>
      <Stack>
        {inspection.ambiguous_dates.map(({ field, column, order, others }) => (
          <Group key={field} justify="space-between">
            <Text>{t('imports:columns.dateHint', { column })}</Text>
            <SegmentedControl
              size="xs"
              value={mapping.date_order[field] ?? order}
              onChange={(value) => choose(field, value)}
              aria-label={column}
              data={[order, ...others].map((value) => ({ value, label: name(value) }))}
            />
          </Group>
        ))}
        {write.error && <Refused error={write.error} />}
      </Stack>
    </Section>
  )
}

const dateOrders = ['ymd', 'mdy', 'dmy', 'roc'] as const

function isOrder(order: string): order is (typeof dateOrders)[number] {
  return (dateOrders as readonly string[]).includes(order)
}
