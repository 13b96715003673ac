/** The lines of an order, and of each what went back. */
import { Table, Text } from '@mantine/core'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { Order } from './detail-page.tsx'

export function Lines({ order }: { order: Order }) {
  const { t } = useTexts()
  const format = useFormat()
  const wentBack = (quantity: number, minor: number) =>
    quantity > 0
      ? t('orders:one.backSome', { quantity: format.number(quantity), amount: format.money(minor) })
      : minor > 0
        ? format.money(minor)
        : nothing
  return (
    <Table.ScrollContainer minWidth={300} type="native" tabIndex={0}>
      <Table verticalSpacing={6} aria-label={t('orders:one.lines')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('orders:one.product')}</Table.Th>
            {(['quantity', 'gross', 'lineNet', 'back'] as const).map((key) => (
              <Table.Th
                key={key}
                scope="col"
                ta="right"
                style={{ whiteSpace: 'nowrap' }}
                {...(key === 'gross' ? { visibleFrom: 'sm' } : {})}
              >
                {t(`orders:one.${key}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {order.lines.map((line) => {
            const [quantity, back] = [Number(line.quantity), Number(line.refunded_quantity)]
            return (
              <Table.Tr key={line.line_no}>
                <Table.Th scope="row" fw={500}>
                  {line.name ?? line.sku ?? nothing}
                  <Text size="sm" c="dimmed" component="div">
                    {[line.sku === line.name ? null : line.sku, line.category].filter(Boolean).join(' · ')}
                  </Text>
                </Table.Th>
                <Table.Td ta="right">{format.number(quantity)}</Table.Td>
                <Table.Td ta="right" className="rg-figures" style={{ whiteSpace: 'nowrap' }} visibleFrom="sm">
                  {format.money(line.gross_minor)}
                </Table.Td>
                <Table.Td ta="right" className="rg-figures" style={{ whiteSpace: 'nowrap' }}>
                  {format.money(line.net_minor)}
                </Table.Td>
                <Table.Td ta="right" className="rg-figures" style={{ whiteSpace: 'nowrap' }}>
                  {wentBack(back, line.refunded_minor)}
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
