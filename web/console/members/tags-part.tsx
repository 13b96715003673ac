/** Tags on a member: each opens everybody who has it. */
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import classes from './members.module.css'

/** As the server takes them. */
const tagCharsMax = 60

export function TagsPart({ member_id, tags }: { member_id: string; tags: string[] }) {
  const { t } = useTexts()
  const writes = useMay()('members:write')
  const [text, setText] = useState('')
  const write = useWrite('POST /v1/admin/members/:member_id/tags')
  const params = { member_id }
  const add = (event: FormEvent) => {
    event.preventDefault()
    const tag = text.trim()
    if (tag) write.mutate({ params, body: { add: [tag] } }, { onSuccess: () => setText('') })
  }
  if (!writes && tags.length === 0) return null
  return (
    <Section title={t('members:tags.title')}>
      <Stack gap="sm">
        {tags.length === 0 && (
          <Text c="dimmed" size="sm">
            {t('members:tags.none')}
          </Text>
        )}
        {tags.length > 0 && (
          <Group gap={6}>
            {tags.map((tag) => (
              <span key={tag} className={classes.tag}>
                <Door to={`/members?tag=${encodeURIComponent(tag)}`}>{tag}</Door>
                {writes && (
                  <ActionIcon
                    size={24}
                    variant="transparent"
                    color="gray"
                    aria-label={t('members:tags.remove', { tag })}
                    onClick={() => write.mutate({ params, body: { remove: [tag] } })}
                  >
                    <Icon name="close" size={12} />
                  </ActionIcon>
                )}
              </span>
            ))}
          </Group>
        )}
        {writes && (
          <form onSubmit={add}>
            <Group gap={6} wrap="nowrap">
              <TextInput
                size="xs"
                flex={1}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                maxLength={tagCharsMax}
                placeholder={t('members:tags.add')}
                aria-label={t('members:tags.add')}
              />
              <Button size="xs" variant="default" type="submit" disabled={!text.trim()} loading={write.isPending}>
                {t('members:tags.add')}
              </Button>
            </Group>
          </form>
        )}
        {write.error && <Refused error={write.error} />}
      </Stack>
    </Section>
  )
}
