/** An order in the name of a company: who ordered, paid and uses it, to whom it counts, whom it lifts, and why. */
import { Table, Text } from '@mantine/core'
import { Door } from '../../kit/door.tsx'
import { textOf, useTexts } from '../../kit/i18n.ts'
import type { Order } from './detail-page.tsx'

export function CompanyPart({ parties }: { parties: NonNullable<Order['parties']> }) {
  const { t } = useTexts()
  const credit = (name: string | null | undefined) => (name ? textOf(`companies:credits.${name}`, name) : '')
  const people = (['buyer', 'payer', 'user'] as const).flatMap((part) => {
    const id = parties[`${part}_id`]
    return id ? [{ part, id, name: parties[`${part}_name`] ?? t('members:unnamed') }] : []
  })
  const reasons = [parties.why, parties.climber_why].flatMap((why) => {
    const code = why?.codes[0]?.replace('company.', '')
    const said = { wanted: credit(why?.params['wanted']), credited: credit(why?.params['credited']) }
    return code ? [textOf(`companies:whys.${code}`, code, said)] : []
  })
  return (
    <>
      <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row" fw={400} c="dimmed">
              {t('companies:name')}
            </Table.Th>
            <Table.Td>
              <Door className="rg-door" to={`/companies/${parties.company_id}`}>
                {parties.company_name ?? t('companies:title')}
              </Door>
            </Table.Td>
          </Table.Tr>
          {people.map(({ part, id, name }) => (
            <Table.Tr key={part}>
              <Table.Th scope="row" fw={400} c="dimmed">
                {t(`companies:${part}`)}
              </Table.Th>
              <Table.Td>
                <Door className="rg-door" to={`/members/${id}`}>
                  {name}
                </Door>
              </Table.Td>
            </Table.Tr>
          ))}
          {parties.climber_id && (
            <Table.Tr>
              <Table.Th scope="row" fw={400} c="dimmed">
                {t('companies:progress')}
              </Table.Th>
              <Table.Td>
                <Door className="rg-door" to={`/members/${parties.climber_id}`}>
                  {parties.climber_name ?? t('members:unnamed')}
                </Door>
              </Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
      {reasons.map((reason) => (
        <Text key={reason} size="sm" mt="xs">
          {reason}
        </Text>
      ))}
    </>
  )
}
