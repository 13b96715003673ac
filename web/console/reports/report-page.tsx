/** The frame of every report: the choice of reports, period or convention, download; nothing there, or not loaded. */
import { Button, Group, ScrollArea, Select } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import { useAddress } from '../../kit/address.ts'
import { client, type Input } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { showInRow } from '../../kit/show-in-row.ts'
import { BlockSkeleton, Empty, Failed, TextSkeleton } from '../../kit/states.tsx'
import type { Read } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import classes from './report-page.module.css'

export const reportNames = ['flow', 'cohorts', 'repurchase', 'concentration', 'points', 'given', 'stores'] as const
export type ReportName = (typeof reportNames)[number]
type DownloadQuery = NonNullable<Input<'GET /v1/admin/reports/:name/download'>['query']>

export interface ReportPageProps<T> {
  name: ReportName
  read: Read<T>
  /** Nothing to report: why is said, and how to change it. */
  isEmpty: (data: T) => boolean
  answer: (data: T) => ReactNode
  children: (data: T) => ReactNode
  /** Choices that change the figures. */
  controls?: ReactNode
  download?: DownloadQuery
}

export function ReportPage<T>({ name, read, isEmpty, answer, children, controls, download }: ReportPageProps<T>) {
  const { t } = useTexts()
  const may = useMay()
  const { data } = read
  const empty = data !== undefined && isEmpty(data)
  const bring = may('imports:write') ? (
    <PrimaryAction label={t('reports:bring')} icon="upload" to="/imports/new" />
  ) : undefined
  return (
    <Page
      title={t(`reports:${name}.title`)}
      question={t(`reports:${name}.question`)}
      above={[{ title: t('reports:title'), to: '/reports' }]}
      as_of={data ? read.dataUpdatedAt : null}
      answer={empty ? null : data ? answer(data) : read.isPending ? <TextSkeleton lines={2} width={520} /> : null}
    >
      <Tabs name={name} />
      <Group justify="space-between" gap="sm">
        <Group gap="sm">{controls}</Group>
        {data && !empty && (
          <Button
            component="a"
            variant="default"
            size="xs"
            leftSection={<Icon name="download" size={15} />}
            download={`${name}.csv`}
            href={client.address('GET /v1/admin/reports/:name/download', { params: { name }, query: download ?? {} })}
          >
            {t('reports:download')}
          </Button>
        )}
      </Group>
      {read.isError && !data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={380} />}
      {empty && (
        <Section>
          <Empty icon="reports" title={t('reports:none')} hint={t('reports:noneHint')} action={bring} />
        </Section>
      )}
      {data && !empty && (
        <div data-old={read.isPlaceholderData || undefined} className={classes.figures}>
          {children(data)}
        </div>
      )}
    </Page>
  )
}

function Tabs({ name }: { name: ReportName }) {
  const { t } = useTexts()
  const tabs = useRef<HTMLDivElement>(null)
  useEffect(() => showInRow(tabs.current?.querySelector('[aria-current]')), [name])
  return (
    <ScrollArea type="never" component="nav" aria-label={t('reports:title')}>
      <div className={classes.tabs} ref={tabs}>
        {reportNames.map((one) => (
          <Door
            key={one}
            to={one === 'flow' ? '/reports' : `/reports/${one}`}
            className={classes.tab}
            aria-current={one === name ? 'page' : undefined}
          >
            {t(`reports:tabs.${one}`)}
          </Door>
        ))}
      </div>
    </ScrollArea>
  )
}

const rangeDays = { quarter: 90, year: 365, two_years: 730 } as const
type RangeName = keyof typeof rangeDays

/** The period in the address, as days of the program's calendar that end today. */
export function useRange(): { from: string; to: string; control: ReactNode } {
  const { t } = useTexts()
  const format = useFormat()
  const [address, setAddress] = useAddress()
  const chosen = address['range'] as RangeName | undefined
  const range: RangeName = chosen && chosen in rangeDays ? chosen : 'year'
  const today = format.today()
  const from = new Date(Date.parse(`${today}T00:00:00Z`) - rangeDays[range] * 86_400_000).toISOString().slice(0, 10)
  const names = Object.keys(rangeDays) as RangeName[]
  return {
    from,
    to: today,
    control: (
      <Select
        size="xs"
        w={170}
        aria-label={t('reports:range')}
        value={range}
        onChange={(value) => setAddress({ range: value })}
        data={names.map((value) => ({ value, label: t(`reports:ranges.${value}`) }))}
      />
    ),
  }
}
