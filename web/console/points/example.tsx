/** What the rule would do with an order of this very brand. */
import { NumberInput, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import classes from './points.module.css'
import { pointsFor, type PointRule } from './rule-values.ts'
import { useTierNames } from './rule-words.ts'

/** The newest orders: the middle one of them stands for what people buy here. */
const ordersLooked = 50
/** Where nothing was ordered yet: what a small basket costs, in whole units. */
const firstExample = 1280

export function Example({ rule, point_value_minor }: { rule: PointRule; point_value_minor: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const own = useOwnAmount(rule)
  const [typed, setTyped] = useState<number | null>(null)
  const amount = typed ?? own ?? firstExample * unit
  const points = pointsFor(amount, rule, null)
  const earned = t('whys:unit', { count: points, points: format.points(points) })
  const worth = points * point_value_minor
  return (
    <div className={classes.beside}>
      <Section title={t('points:example.title')}>
        <Stack gap="md">
          <Text component="div" fz={17} lh={1.5} aria-live="polite">
            <Sentence
              text={t('points:example.sentence', {
                amount: format.money(amount),
                points: earned,
                // less than the smallest coin is not nothing
                worth: worth > 0 && worth < 1 ? `< ${format.money(1)}` : format.money(Math.floor(worth)),
              })}
            />
          </Text>
          <NumberInput
            label={t('points:example.try')}
            value={amount / unit}
            min={0}
            max={1e9}
            thousandSeparator=","
            hideControls
            decimalScale={format.currency_decimals}
            onChange={(value) => setTyped(value === '' ? null : Math.max(0, Math.round(Number(value) * unit)))}
            description={own !== null && typed === null ? t('points:example.own') : undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
          {(rule.earn.bonuses ?? rule.earn.caps) && (
            <Text size="sm" c="dimmed">
              {t('points:example.base')}
            </Text>
          )}
          <ByTier rule={rule} amount={amount} point_value_minor={point_value_minor} />
        </Stack>
      </Section>
    </div>
  )
}

/** The middle of the newest orders, by what of them counts; null while there is none. */
function useOwnAmount({ earn }: PointRule): number | null {
  const may = useMay()
  const orders = useCall('GET /v1/admin/orders', { query: { limit: ordersLooked } }, { enabled: may('orders:read') })
    .data?.data
  const amounts = (orders ?? [])
    .filter(({ kind, net_minor }) => kind === 'order' && net_minor > 0)
    .map((order) => {
      const goods = earn.base === 'gross' ? order.gross_minor : order.net_minor - order.shipping_minor
      return goods + (earn.include_shipping ? order.shipping_minor : 0)
    })
    .sort((a, b) => a - b)
  return amounts[Math.floor(amounts.length / 2)] ?? null
}

function ByTier({ rule, amount, point_value_minor }: { rule: PointRule; amount: number; point_value_minor: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const tiers = useCall('GET /v1/admin/tiers', {}, { fresh_ms: 300_000 }).data?.data ?? []
  if (tiers.length === 0) return null
  return (
    <Table verticalSpacing={6} horizontalSpacing={4} aria-label={t('points:example.byTier')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('points:example.tier')}</Table.Th>
          <Table.Th scope="col" ta="right">
            {t('points:example.points')}
          </Table.Th>
          <Table.Th scope="col" ta="right">
            {t('points:example.return')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tiers.map(({ code }) => {
          const points = pointsFor(amount, rule, code)
          return (
            <Table.Tr key={code}>
              <Table.Th scope="row" fw={400}>
                {tierName(code)}
              </Table.Th>
              <Table.Td ta="right" className="rg-figures">
                {format.points(points)}
              </Table.Td>
              <Table.Td ta="right" className="rg-figures">
                {format.percent(amount === 0 ? 0 : (points * point_value_minor) / amount, 2)}
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
