/** With whom the member shares points: founded, invited to, left. Nobody's own points are shown to the others. */
import { useState, type FormEvent } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { PassOn } from './pass-on.tsx'
import { Button, Dialog, Empty, Failed, Field, Problem, Waiting } from './parts.tsx'
import { go } from './place.ts'

type Own = Answer<'GET /v1/portal/pool'>
type Pool = NonNullable<Own['pool']>
type Mate = Pool['members'][number]

/** The server's own bound. */
const name_max = 60

export function PoolPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/portal/pool', {})
  if (!read.data)
    return read.isError ? <Failed error={read.error} retry={() => void read.refetch()} /> : <Waiting rows={5} />
  const { rule, pool } = read.data
  if (pool) return <InPool pool={pool} rule={rule} />
  if (rule) return <Begin />
  return (
    <Empty title={t('portal:pool.title')} hint={t('portal:pool.off')}>
      <Button onClick={() => go('')}>{t('portal:pass.toCard')}</Button>
    </Empty>
  )
}

/** The door to it, where the program has pools. */
export function PoolDoor() {
  const { t } = useTexts()
  const { data } = useCall('GET /v1/portal/pool', {})
  if (!data || (!data.rule && !data.pool)) return null
  return <Button onClick={() => go('pool')}>{t('portal:pool.title')}</Button>
}

function Begin() {
  const { t } = useTexts()
  return (
    <>
      <h1>{t('portal:pool.title')}</h1>
      <p>{t('portal:pool.lead')}</p>
      <NameForm
        verb={t('portal:pool.found')}
        name=""
        save={async (name) => void (await call('POST /v1/portal/pool', { body: { name } }))}
      />
    </>
  )
}

interface NameFormProps {
  verb: string
  name: string
  save: (name: string) => Promise<void>
}

function NameForm({ verb, name: before, save }: NameFormProps) {
  const { t } = useTexts()
  const [name, setName] = useState(before)
  const [error, setError] = useState<unknown>(null)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setError(null)
    try {
      await save(name.trim())
      await touch('pool', 'home')
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Field
        label={t('portal:pool.name')}
        maxLength={name_max}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Problem error={error} />
      <Button kind="main" type="submit" disabled={name.trim() === '' || name.trim() === before}>
        {verb}
      </Button>
    </form>
  )
}

function InPool({ pool, rule }: { pool: Pool; rule: Own['rule'] }) {
  const { t } = useTexts()
  const format = useFormat()
  const [asked, setAsked] = useState<'leave' | Mate | null>(null)
  const { available, pooled, is_head, members } = pool
  const name = pool.name || t('portal:pool.unnamed')
  const written = (points: number) => `${format.points(points)} ${t('portal:card.points')}`
  const called = ({ display_name }: Mate) => display_name ?? t('portal:pool.somebody')
  return (
    <>
      <h1 className="wrap">{name}</h1>
      <p className="strong">{t('portal:pool.have', { points: written(available + pooled) })}</p>
      <p className="muted">
        {rule === null
          ? t('portal:pool.off')
          : rule.spenders === 'head' && !is_head
            ? t('portal:pool.headSpends')
            : t('portal:pool.mine', { own: written(available), pooled: written(pooled) })}
      </p>
      <ul className="lines">
        {members.map((mate) => (
          <li key={mate.member_id}>
            <div className="row">
              <span className="name">{called(mate)}</span>
              <span className="aside muted">
                {[mate.is_me ? t('portal:pool.me') : null, mate.is_head ? t('portal:pool.head') : null]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {is_head && !mate.is_me ? (
                <Button
                  kind="bare"
                  aria-label={`${t('portal:pool.remove')} ${called(mate)}`}
                  onClick={() => setAsked(mate)}
                >
                  {t('portal:pool.remove')}
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {is_head && rule && members.length < rule.members_max ? (
        <PassOn kind="pool" id={pool.pool_id} name={name} pass={pool.invitation} />
      ) : null}
      {is_head ? (
        <details className="leave">
          <summary>{t('portal:pool.rename')}</summary>
          <NameForm
            key={pool.name}
            verb={t('portal:pool.save')}
            name={pool.name}
            save={async (wanted) => void (await call('PATCH /v1/portal/pool', { body: { name: wanted } }))}
          />
        </details>
      ) : null}
      <Button onClick={() => setAsked('leave')}>{t('portal:pool.leave')}</Button>
      {asked ? (
        <Sure name={asked === 'leave' ? name : called(asked)} asked={asked} close={() => setAsked(null)} />
      ) : null}
    </>
  )
}

/** Leaving and removing are asked about once, with what becomes of the points. */
function Sure({ asked, name, close }: { asked: 'leave' | Mate; name: string; close: () => void }) {
  const { t } = useTexts()
  const [error, setError] = useState<unknown>(null)
  const kind = asked === 'leave' ? 'leave' : 'remove'
  const act = async () => {
    setError(null)
    try {
      if (asked === 'leave') await call('DELETE /v1/portal/pool', {})
      else await call('DELETE /v1/portal/pool/members/:member_id', { params: { member_id: asked.member_id } })
      await touch('pool', 'home', 'catalogue')
      close()
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Dialog title={t(`portal:pool.${kind}Title`, { name })} close={close}>
      <p>{t(`portal:pool.${kind}Text`)}</p>
      <Problem error={error} />
      <Button kind="danger" onClick={() => void act()}>
        {t(`portal:pool.${kind}`)}
      </Button>
      <Button onClick={close}>{t('portal:pool.keep')}</Button>
    </Dialog>
  )
}
