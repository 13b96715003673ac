/** Days of a member's own: a wedding, the birthday of a child; by the solar or the lunar calendar. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { ChoiceField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'

type Day = Answer<'GET /v1/admin/members/:member_id/days'>['data'][number]

export function DaysPart({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const writes = useMay()('members:write')
  const shown = useDayText()
  const [isOpen, setOpen] = useState(false)
  const days = useCall('GET /v1/admin/members/:member_id/days', { params: { member_id } }).data?.data
  if (!days) return null
  const close = () => setOpen(false)
  return (
    <Section
      title={t('moments:own.title')}
      aside={
        writes && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('moments:own.change')}
          </Button>
        )
      }
    >
      {days.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('moments:own.none')}
        </Text>
      ) : (
        <Stack gap={6}>
          {days.map((day) => (
            <Group key={day.name} justify="space-between" gap="sm">
              <Text size="sm">{day.name}</Text>
              <Text size="sm" c="dimmed">
                {shown(day)}
              </Text>
            </Group>
          ))}
        </Stack>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('moments:own.title')}
        closeButtonProps={{ 'aria-label': t('kit:close') }}
      >
        {isOpen && <DaysForm member_id={member_id} days={days} close={close} />}
      </Modal>
    </Section>
  )
}

function useDayText(): (day: Day) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ calendar, day }) => {
    const [month, nth] = day.slice(-5).split('-').map(Number)
    if (calendar === 'lunar') return t('moments:own.lunarDay', { month: String(month), day: String(nth) })
    return day.startsWith('-') ? `${month}/${nth}` : format.day(day)
  }
}

interface DayValues {
  id: number
  name: string
  calendar: Day['calendar']
  year: number | null
  month: number | null
  day: number | null
}
interface Values {
  days: DayValues[]
}

const two = (n: number | null) => String(n ?? 0).padStart(2, '0')
const yearOf = ({ calendar, year }: DayValues) => (calendar === 'solar' && year ? String(year).padStart(4, '0') : '-')

function DaysForm({ member_id, days, close }: { member_id: string; days: readonly Day[]; close: () => void }) {
  const { t } = useTexts()
  const [initial] = useState<Values>(() => ({
    days: days.map(({ name, calendar, day }, id) => ({
      id,
      name,
      calendar,
      year: day.startsWith('-') ? null : Number(day.slice(0, 4)),
      month: Number(day.slice(-5, -3)),
      day: Number(day.slice(-2)),
    })),
  }))
  const form = useForm<Values>({
    initial,
    check: (values): Record<string, string> =>
      Object.fromEntries(
        values.days.flatMap((one, i) => (one.name.trim() ? [] : [[`/days/${i}`, t('moments:form.needName')]])),
      ),
    save: async (values) => {
      const data = values.days.map((one) => ({
        name: one.name.trim(),
        calendar: one.calendar,
        day: `${yearOf(one)}-${two(one.month)}-${two(one.day)}`,
      }))
      await call('PUT /v1/admin/members/:member_id/days', { params: { member_id }, body: { data } })
      await touch('members')
    },
    saved: close,
  })
  const add = () => {
    const id = Math.max(-1, ...form.values.days.map((one) => one.id)) + 1
    const made: DayValues = { id, name: '', calendar: 'solar', year: null, month: 1, day: 1 }
    form.set({ days: [...form.values.days, made] })
  }
  return (
    <FormFrame form={form} cancel={close}>
      {form.values.days.map((one, i) => (
        <DayFields key={one.id} form={form} place={i} one={one} />
      ))}
      <Group>
        <Button size="xs" variant="default" onClick={add}>
          {t('moments:own.add')}
        </Button>
      </Group>
    </FormFrame>
  )
}

function DayFields({ form, place, one }: { form: Form<Values>; place: number; one: DayValues }) {
  const { t } = useTexts()
  const { days } = form.values
  const field = <Key extends keyof DayValues>(key: Key) => ({
    name: `days_${place}_${key}`,
    value: one[key],
    error: key === 'name' ? form.errorAt(`/days/${place}`) : undefined,
    onChange: (value: DayValues[Key]) =>
      form.set({ days: days.map((other) => (other.id === one.id ? { ...other, [key]: value } : other)) }),
  })
  return (
    <Stack gap="xs" role="group" aria-label={one.name || t('moments:own.add')}>
      <Group gap="xs" align="flex-end" grow>
        <TextField field={field('name')} label={t('moments:own.name')} maxLength={40} />
        <ChoiceField
          field={alwaysChosen(field('calendar'))}
          label={t('moments:form.calendar')}
          choices={(['solar', 'lunar'] as const).map((value) => ({
            value,
            label: t(`moments:form.calendars.${value}`),
          }))}
        />
      </Group>
      <Group gap="xs" align="flex-end" grow>
        <NumberField field={field('month')} label={t('moments:form.month')} min={1} max={12} />
        <NumberField field={field('day')} label={t('moments:form.dayOfMonth')} min={1} max={31} />
        <Button
          variant="subtle"
          color="red"
          onClick={() => form.set({ days: days.filter((other) => other.id !== one.id) })}
        >
          {t('moments:own.remove')}
        </Button>
      </Group>
    </Stack>
  )
}
