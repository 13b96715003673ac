/** Who would pay what with a design that is not published yet. */
import { Table, Text } from '@mantine/core'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Refused, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { PlanDesign } from './words.ts'

export function PreviewPart({ plan_id, design }: { plan_id: string | null; design: PlanDesign }) {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('POST /v1/admin/plans/previews', { body: { plan_id, design } })
  if (read.isError) return <Refused error={read.error} />
  if (!read.data) return <TextSkeleton lines={3} />
  const money = (amount: number | null) => (amount === null ? t('plans:form.notSold') : format.money(amount))
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('plans:price')}</Table.Th>
          <Table.Th ta="right">{t('plans:form.previewMembers')}</Table.Th>
          {plan_id && <Table.Th ta="right">{t('plans:form.previewSubscribers')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {read.data.data.map((one) => (
          <Table.Tr key={`${one.before_place} ${one.after_place}`}>
            <Table.Td>
              {plan_id
                ? t('plans:form.previewLine', { before: money(one.before_minor), after: money(one.after_minor) })
                : money(one.after_minor)}
              {plan_id && one.before_minor === one.after_minor && (
                <Text span size="xs" c="dimmed" ml="xs">
                  {t('plans:form.previewSame')}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">{format.number(one.members)}</Table.Td>
            {plan_id && <Table.Td ta="right">{format.number(one.subscribers)}</Table.Td>}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
