/** What is owed in points, in money: by how long ago it was earned, and by when it ends. */
import { Button, Group, SimpleGrid, Table } from '@mantine/core'
import { client, type Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { Failed, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'

type Liability = Answer<'GET /v1/admin/points/liability'>

export function Owed() {
  const { t } = useTexts()
  const may = useMay()
  const read = useCall('GET /v1/admin/points/liability', {}, { enabled: may('points:read') })
  if (!may('points:read')) return null
  return (
    <Section title={t('reports:points.owed')} hint={t('reports:points.owedHint')}>
      {read.data ? (
        <Tables liability={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <TextSkeleton lines={5} />
      )}
    </Section>
  )
}

function Tables({ liability: { by_age, by_end } }: { liability: Liability }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" style={{ alignItems: 'start' }}>
        <OwedTable
          head={t('reports:points.age')}
          rows={by_age.map((row) => ({ ...row, label: t(`reports:points.ages.${row.code as 'older'}`) }))}
        />
        <OwedTable
          head={t('reports:points.ends')}
          rows={by_end.map((row) => ({
            ...row,
            label: row.month === null ? t('reports:points.never') : format.month(row.month),
          }))}
        />
      </SimpleGrid>
      <Group mt="md">
        <Button
          component="a"
          variant="default"
          size="xs"
          leftSection={<Icon name="download" size={15} />}
          download="points-owed.csv"
          href={client.address('GET /v1/admin/points/liability.csv', {})}
        >
          {t('reports:points.owedFile')}
        </Button>
      </Group>
    </>
  )
}

interface OwedRow {
  label: string
  points: number
  owed_minor: number
}

function OwedTable({ head, rows }: { head: string; rows: readonly OwedRow[] }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Table verticalSpacing={6} horizontalSpacing={4} aria-label={head}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{head}</Table.Th>
          <Table.Th scope="col" ta="right">
            {t('reports:points.points')}
          </Table.Th>
          <Table.Th scope="col" ta="right">
            {t('reports:points.money')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.label}>
            <Table.Th scope="row" fw={400}>
              {row.label}
            </Table.Th>
            <Table.Td ta="right" className="rg-figures">
              {format.points(row.points)}
            </Table.Td>
            <Table.Td ta="right" className="rg-figures">
              {format.money(row.owed_minor)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
