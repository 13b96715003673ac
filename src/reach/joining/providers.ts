/** Accounts elsewhere by which one may join: how they are set, and which are open. Secrets are never given back. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'
import type { Adapter } from './providers/adapter.ts'
import { oidc } from './providers/oidc.ts'
import { wechat } from './providers/wechat.ts'
import type { Preset, Provider, ProviderBody } from './types.ts'

export const adapterOf = (preset: Preset): Adapter => (preset === 'wechat' ? wechat : oidc)

/** Without what a preset cannot work, besides the client's id. */
const needed: Record<Preset, { settings: readonly string[]; secrets: readonly string[] }> = {
  google: { settings: [], secrets: ['client_secret'] },
  line: { settings: [], secrets: ['client_secret'] },
  apple: { settings: ['team_id', 'key_id'], secrets: ['private_key'] },
  wechat: wechat.needs,
  oidc: { settings: ['issuer'], secrets: [] },
}

const columns = sql`provider, preset, name, client_id, settings, secrets, is_on, position, updated_at`

/** Every provider, in order, with how many members have an account there; secrets by their names only. */
export async function providers(db: Reader) {
  const rows = await db.rows<Provider & { members: number }>(sql`
    select ${columns}, (select count(*)::int from member_identities i
      where i.kind = 'account:' || p.provider and i.kind like 'account:%') as members
    from joining_providers p order by position, provider`)
  return rows.map(({ secrets, ...row }) => ({ ...row, secrets_set: Object.keys(secrets) }))
}

/** The buttons of the sign-in page. */
export async function doors(db: Reader) {
  return db.rows<Pick<Provider, 'provider' | 'preset' | 'name'>>(sql`
    select provider, preset, name from joining_providers where is_on order by position, provider`)
}

/** One that is open. Throws `provider.not_found`, `provider.off`. */
export async function openProvider(db: Reader, provider: string): Promise<Provider> {
  const found = await db.row<Provider>(sql`
    select ${columns} from joining_providers where provider = ${provider}::text`)
  if (!found) throw new AppError('provider.not_found', { provider }, { status: 404 })
  if (!found.is_on) throw new AppError('provider.off')
  return found
}

/**
 * Keeps a provider's settings; a secret that is not named stays, null takes it away. Throws `provider.incomplete` when
 * it is switched on without what it needs, `provider.has_members` when it would be another while members come in by it:
 * who is `1` with one issuer is somebody else with the next.
 */
export async function keepProvider(tx: Tx, provider: string, body: ProviderBody) {
  const before = await tx.row<Provider>(sql`
    select ${columns} from joining_providers where provider = ${provider}::text for update`)
  if (before && isOther(before, body) && (await hasMembers(tx, provider))) throw new AppError('provider.has_members')
  const secrets = { ...before?.secrets }
  for (const [name, value] of Object.entries(body.secrets ?? {})) {
    if (value === null) delete secrets[name]
    else secrets[name] = value
  }
  const settings = Object.fromEntries(Object.entries(body.settings).filter(([, value]) => value.trim() !== ''))
  const { settings: own, secrets: hidden } = needed[body.preset]
  const missing = [...own.filter((name) => !settings[name]), ...hidden.filter((name) => !secrets[name])][0]
  if (body.is_on && missing) throw new AppError('provider.incomplete', { missing })
  if (settings['issuer'] && !URL.canParse(settings['issuer']))
    throw new AppError('provider.incomplete', { missing: 'issuer' })
  await tx.run(sql`
    insert into joining_providers as held (provider, preset, name, client_id, settings, secrets, is_on, position,
      updated_at, actor)
    values (${provider}::text, ${body.preset}::text, ${body.name.trim()}::text, ${body.client_id.trim()}::text,
      ${JSON.stringify(settings)}::jsonb, ${JSON.stringify(secrets)}::jsonb, ${body.is_on}::boolean,
      ${body.position ?? before?.position ?? 0}::int, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)
    on conflict (provider) do update set preset = excluded.preset, name = excluded.name,
      client_id = excluded.client_id, settings = excluded.settings, secrets = excluded.secrets,
      is_on = excluded.is_on, position = excluded.position, updated_at = excluded.updated_at, actor = excluded.actor`)
  const after = { preset: body.preset, is_on: body.is_on, settings, secrets_set: Object.keys(secrets) }
  await audit(tx, [{ action: 'joining_provider.kept', noun: 'joining_providers', noun_id: null, after }])
  return (await providers(tx)).find((one) => one.provider === provider)!
}

const isOther = (before: Provider, { preset, settings }: ProviderBody) =>
  before.preset !== preset || (before.settings['issuer'] ?? '') !== (settings['issuer'] ?? '').trim()

async function hasMembers(tx: Tx, provider: string): Promise<boolean> {
  const found = await tx.row(sql`
    select from member_identities where kind = ${`account:${provider}`}::text and kind like 'account:%' limit 1`)
  return found !== undefined
}
