/** What takes something of a member's asks for the code that they show: typed or scanned by a gun, in that dialog. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError, call } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { Refused } from '../kit/states.tsx'

interface Props {
  /** Of the act; the field is there when it was refused for want of the code. */
  error: unknown
  member_id: string
  /** The act once more, now that the member has shown it. */
  again: () => void
}

export function MemberCode({ error, ...rest }: Props) {
  return error instanceof ApiError && error.code === 'till.code_needed' ? <CodeField {...rest} /> : null
}

function CodeField({ member_id, again }: Omit<Props, 'error'>) {
  const { t } = useTexts()
  const [code, setCode] = useState('')
  const [isTaking, setTaking] = useState(false)
  const [isOther, setOther] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const shown = code.trim()
  const take = async () => {
    if (shown === '' || isTaking) return
    setTaking(true)
    setOther(false)
    setProblem(null)
    try {
      const found = await call('POST /v1/till/members/identify', { body: { code: shown } })
      const isTheirs = found.member_id === member_id && found.may_spend
      setOther(!isTheirs)
      if (isTheirs) again()
    } catch (thrown) {
      setProblem(thrown)
    }
    setCode('')
    setTaking(false)
  }
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <TextInput
          flex={1}
          miw={180}
          label={t('till:memberCode.label')}
          autoFocus
          autoComplete="off"
          maxLength={200}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          // a gun ends with Enter; the form around it is not sent by that
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            void take()
          }}
        />
        <Button variant="default" loading={isTaking} disabled={shown === ''} onClick={() => void take()}>
          {t('till:memberCode.take')}
        </Button>
      </Group>
      {isOther && (
        <Text size="sm" c="red" role="alert">
          {t('till:memberCode.other')}
        </Text>
      )}
      {problem !== null && <Refused error={problem} />}
    </Stack>
  )
}
