/** The frame of a form: fields, what was refused, Save. */
import { Button, Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { useTexts } from './i18n.ts'
import { commandKey } from './keys.tsx'
import { Refused } from './states.tsx'
import type { Form } from './use-form.ts'
import classes from './form.module.css'

export interface FormFrameProps<Values extends object> {
  form: Form<Values>
  children: ReactNode
  /** The verb on the button; "Save" unless given. */
  verb?: string
  /** A way out; none: no button. */
  cancel?: (() => void) | undefined
  /** Save even when nothing was changed (a new thing with good defaults). */
  always?: boolean
  disabled?: boolean
  /** The reader may look and not change: the fields rest, and there is nothing to press. */
  locked?: boolean
}

/** Save by button, Enter, ⌘S or Ctrl-S; refused places stand beside their fields. */
export function FormFrame<Values extends object>(props: FormFrameProps<Values>) {
  const { form, children, verb, cancel, always, disabled, locked } = props
  const { t } = useTexts()
  const saves = !locked && !disabled && (always === true || form.changed)
  useSaveKey(form.submit, saves)
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        form.submit()
      }}
    >
      <Stack gap="md">
        {locked ? (
          <fieldset disabled className={classes.locked}>
            {children}
          </fieldset>
        ) : (
          children
        )}
        {form.error ? <Refused error={form.error} /> : null}
        {!locked && (
          <Group gap="xs">
            <Button type="submit" loading={form.saving} disabled={!saves}>
              {verb ?? t('kit:save')}
            </Button>
            {cancel && (
              <Button variant="default" onClick={cancel}>
                {t('kit:cancel')}
              </Button>
            )}
            <Text size="sm" c="dimmed" visibleFrom="sm">
              <Kbd size="xs">{commandKey} S</Kbd>
            </Text>
          </Group>
        )}
      </Stack>
      <Leaving form={form} />
    </form>
  )
}

/** The key does what the button does, and rests when it rests. */
function useSaveKey(submit: () => void, saves: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.metaKey || event.ctrlKey) || event.altKey) return
      event.preventDefault()
      if (saves) submit()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [submit, saves])
}

/** Nobody loses what they wrote by a click beside it. */
function Leaving<Values extends object>({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const { leaving } = form
  return (
    <Modal
      opened={leaving !== null}
      onClose={() => leaving?.stay()}
      title={t('kit:unsaved')}
      closeButtonProps={{ 'aria-label': t('kit:close') }}
    >
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => leaving?.leave()}>
          {t('kit:leave')}
        </Button>
        <Button onClick={() => leaving?.stay()} data-autofocus>
          {t('kit:stay')}
        </Button>
      </Group>
    </Modal>
  )
}
