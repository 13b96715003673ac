/** A receipt that was rung up for the wrong person goes to the right one, with everything it gave. */
import { useState } from 'react'
import { call, touch, type Answer, type Row } from '../kit/call.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { ActingProblem, isReason, useActing } from './acting.tsx'
import { Button, Field, Sheet } from './parts.tsx'
import { useSettled } from './typing.ts'

type Seen = Row<'GET /v1/till/members'>
const pauseMs = 150
/** As the finder: fewer digits or letters mean too many. */
const search_min = 2

export type Moved = Answer<'POST /v1/till/receipts/:order_id/move'>
interface Props {
  order: Answer<'GET /v1/admin/orders/:order_id'>
  moved: (answer: Moved) => void
}

export function MovePart({ order, moved }: Props) {
  const { t } = useTexts()
  const [isOpen, setOpen] = useState(false)
  if (!isOpen) return <Button onClick={() => setOpen(true)}>{t('counter:move')}</Button>
  return <Mover order={order} moved={moved} close={() => setOpen(false)} />
}

function Mover({ order, moved, close }: Props & { close: () => void }) {
  const { t } = useTexts()
  const [text, setText] = useState('')
  const [to, setTo] = useState<Seen | null>(null)
  const [reason, setReason] = useState('')
  const search = useSettled(text.trim(), pauseMs)
  const read = useCall(
    'GET /v1/till/members',
    { query: { search } },
    { enabled: search.length >= search_min && to === null },
  )
  const acting = useActing(
    (query) =>
      call('POST /v1/till/receipts/:order_id/move', {
        params: { order_id: order.order_id },
        query,
        body: { member_id: to!.member_id, reason: reason.trim() },
      }),
    async (answer) => {
      moved(answer)
      await touch('members', 'orders', 'receipts')
    },
  )
  const hits = (read.data?.data ?? []).filter((one) => one.kind === 'member' && one.member_id !== order.member_id)
  return (
    <Sheet title={t('counter:moveTitle')}>
      <div className="stack">
        {to === null ? (
          <>
            <Field
              label={t('counter:find')}
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            {search.length >= search_min &&
              hits.map((one) => (
                <Button key={one.member_id} onClick={() => setTo(one)}>
                  {one.display_name ?? `#${one.number}`} <span className="muted small">{one.phone}</span>
                </Button>
              ))}
          </>
        ) : (
          <>
            <p>
              {t('counter:moveTo', { name: to.display_name ?? `#${to.number}` })}{' '}
              <Button kind="bare" onClick={() => setTo(null)}>
                {t('counter:moveOther')}
              </Button>
            </p>
            <p className="muted small">{t('counter:moveHint')}</p>
            <Field
              label={t('counter:reason')}
              maxLength={300}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )}
        <ActingProblem acting={acting} />
        <div className="side">
          <Button onClick={close}>{t('counter:back')}</Button>
          <Button kind="danger" disabled={to === null || !isReason(reason) || acting.isSending} onClick={acting.run}>
            {t('counter:moveDo')}
          </Button>
        </div>
      </div>
    </Sheet>
  )
}
