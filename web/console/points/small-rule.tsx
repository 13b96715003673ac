/** A small rule about points: what it says now, a form that writes another version of it, and every version. */
import { Stack } from '@mantine/core'
import { Fragment, useState, type ReactNode } from 'react'
import { useGo } from '../../kit/door.tsx'
import { TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import type { List } from '../../kit/use-call.ts'
import type { FieldState, Form } from '../../kit/use-form.ts'
import { ComingVersions } from '../coming-versions.tsx'
import { RuleVersions, type RuleVersion } from '../rule-versions.tsx'
import { useMay } from '../session.tsx'
import { TakesEffectField, type Chosen } from '../takes-effect.tsx'

interface PageProps<Version extends RuleVersion & { rule: unknown }> {
  list: List<Version>
  title: string
  question: string
  /** What there is to say while nobody has made a rule. */
  none: string
  line: (rule: Version['rule']) => string
  callOff: (version: number) => Promise<unknown>
  /** The form, beginning with the rule in force, where it stays when another was applied for later. */
  children: (rule: Version['rule'] | undefined, isAwaited: () => void) => ReactNode
}

export function SmallRulePage<Version extends RuleVersion & { rule: unknown }>(props: PageProps<Version>) {
  const { list, title, question, none, line, callOff, children } = props
  const [awaited, setAwaited] = useState(0)
  const { t } = useTexts()
  const frame = { title, question, above: [{ title: t('points:title'), to: '/points' }] }
  const { rows, read } = list
  if (!rows) {
    return (
      <Page {...frame}>
        {read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <TextSkeleton lines={8} />}
      </Page>
    )
  }
  const current = rows.find((version) => version.in_force)
  return (
    <Page {...frame} answer={current ? line(current.rule) : none}>
      <Stack gap="lg">
        <ComingVersions rows={list.rows} line={(row) => line(row.rule)} />
        <Section>
          <Fragment key={awaited}>{children(current?.rule, () => setAwaited(awaited + 1))}</Fragment>
        </Section>
        <Section title={t('points:versions.title')} hint={t('protection:versionsHint')} bare>
          <RuleVersions list={list} line={(row) => line(row.rule)} callOff={callOff} />
        </Section>
      </Stack>
    </Page>
  )
}

interface FormProps<Values extends object> {
  form: Form<Values>
  note: FieldState<string>
  begins: FieldState<Chosen>
  /** Nobody has made a rule: what stands in the form may be saved as it is. */
  isFirst: boolean
  children: ReactNode
}

/** Its fields, a note why, and who may not change it is told so. */
export function SmallRuleForm<Values extends object>({ form, note, begins, isFirst, children }: FormProps<Values>) {
  const { t } = useTexts()
  const go = useGo()
  const isAllowed = useMay()('rules:write')
  return (
    <FormFrame form={form} verb={t('prices:verb')} always={isFirst} locked={!isAllowed} cancel={() => go('/points')}>
      {children}
      <TakesEffectField field={begins} />
      <TextField field={note} label={t('prices:note')} maxLength={500} />
      {!isAllowed && <Notice>{t('points:form.mayNot')}</Notice>}
    </FormFrame>
  )
}
