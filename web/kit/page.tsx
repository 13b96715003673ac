/** One page, one question: title, question, the answer in a sentence, one primary action, and as of when. */
import { Box, Breadcrumbs, Button, Group, Stack, Text, Title, Tooltip } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { Door, useMayOpen } from './door.tsx'
import { useFormat } from './format.ts'
import { useTexts } from './i18n.ts'
import { Icon, type IconName } from './icons.tsx'
import classes from './page.module.css'

export interface PageProps {
  title: string
  /** The one question, small under the title. */
  question?: string
  /** Where this page hangs: links above the title. */
  above?: { title: string; to: string }[]
  /** The answer as a sentence with numbers; a skeleton of one line while it is undefined and `answering`. */
  answer?: ReactNode
  /** The one primary action: a `PrimaryAction`. */
  action?: ReactNode
  /** Quieter actions beside it. */
  actions?: ReactNode
  /** When the figures were computed (RFC 3339, or ms). */
  as_of?: string | number | null | undefined
  children?: ReactNode
  /** `narrow` for forms and reading, `wide` (default) for tables and pictures. */
  width?: 'narrow' | 'wide'
}

/** The frame of every page. */
export function Page(props: PageProps) {
  const { title, question, above, answer, action, actions, as_of, children } = props
  useEffect(() => {
    document.title = `${title} · Regulars`
  }, [title])
  return (
    <Stack gap={18} className={props.width === 'narrow' ? classes.narrow : classes.wide}>
      <Group justify="space-between" align="flex-start" gap="md" wrap="nowrap" className={classes.head}>
        <Box miw={0}>
          {above && (
            <Breadcrumbs separator="›" fz="sm" mb={4} separatorMargin={6}>
              {above.map((one) => (
                <Door key={one.to} to={one.to} className={classes.above}>
                  {one.title}
                </Door>
              ))}
            </Breadcrumbs>
          )}
          <Title order={1}>{title}</Title>
          {question && (
            <Text c="dimmed" mt={2}>
              {question}
            </Text>
          )}
          {as_of && !answer && <AsOf at={as_of} />}
        </Box>
        {(action || actions) && (
          <Group gap="xs" className={classes.actions}>
            {actions}
            {action}
          </Group>
        )}
      </Group>
      {answer && (
        <Group justify="space-between" align="baseline" gap="md">
          <Text component="div" fz={17} maw={780} flex={1} miw={260} lh={1.55}>
            {answer}
          </Text>
          {as_of && <AsOf at={as_of} />}
        </Group>
      )}
      {children}
    </Stack>
  )
}

/** "As of 14:03" with the full time on hover; a number is the browser's clock when the answer arrived. */
export function AsOf({ at }: { at: string | number }) {
  const { t } = useTexts()
  const format = useFormat()
  const instant = (typeof at === 'number' ? format.presentAt(at) : new Date(at)).toISOString()
  return (
    <Tooltip label={format.moment(instant)}>
      <Text component="time" dateTime={instant} size="sm" c="dimmed" tabIndex={0}>
        {t('kit:asOfAgo', { ago: format.relative(instant) })}
      </Text>
    </Tooltip>
  )
}

export interface PrimaryActionProps {
  /** A verb: "Write to 412 members". */
  label: string
  icon?: IconName
  to?: string
  onClick?: () => void
  disabled?: boolean
  busy?: boolean
}

/** The page's one filled button; on a phone it lies under the thumb. Not there for whom its address is closed. */
export function PrimaryAction({ label, icon, to, onClick, disabled = false, busy = false }: PrimaryActionProps) {
  const mayOpen = useMayOpen()
  if (to && !mayOpen(to)) return null
  const left = icon ? <Icon name={icon} size={16} /> : undefined
  const shared = { leftSection: left, disabled, loading: busy, className: classes.primary }
  if (to)
    return (
      <Button component={Door} to={to} {...shared}>
        {label}
      </Button>
    )
  return (
    <Button onClick={onClick} {...shared}>
      {label}
    </Button>
  )
}

/** A titled part of a page on a sheet of paper. */
export function Section(props: {
  title?: string
  hint?: ReactNode
  aside?: ReactNode
  children: ReactNode
  bare?: boolean
}) {
  return (
    <section className={props.bare ? undefined : classes.sheet}>
      {(props.title || props.aside) && (
        <Group justify="space-between" align="baseline" mb="sm" gap="sm">
          <Box>
            {props.title && <Title order={2}>{props.title}</Title>}
            {props.hint && (
              <Text c="dimmed" size="sm">
                {props.hint}
              </Text>
            )}
          </Box>
          {props.aside}
        </Group>
      )}
      {props.children}
    </section>
  )
}

/** A figure with its name: for the few numbers that carry a page, never a wall of them. */
export function Figure({ label, value, hint }: { label: string; value: ReactNode; hint?: ReactNode }) {
  return (
    <Box>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={22} fw={620} lh={1.3} className="rg-figures" component="div">
        {value}
      </Text>
      {hint && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
    </Box>
  )
}
