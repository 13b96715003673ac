/** How wallets are reached. Keys go in and never come out. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import * as staff from '../../record/staff/staff.ts'
import { judgeApple, keyOf } from './certificates.ts'
import type {
  AppleBody,
  AppleSecrets,
  AppleSettings,
  GoogleBody,
  GoogleSecrets,
  GoogleSettings,
  Wallet,
} from './types.ts'

interface Kept<Settings, Secrets> {
  settings: Settings
  secrets: Secrets
}

/** Settings and secrets of a wallet, or null. */
export async function keptApple(db: Reader): Promise<Kept<AppleSettings, AppleSecrets> | null> {
  return (await kept(db, 'apple')) as Kept<AppleSettings, AppleSecrets> | null
}
export async function keptGoogle(db: Reader): Promise<Kept<GoogleSettings, GoogleSecrets> | null> {
  return (await kept(db, 'google')) as Kept<GoogleSettings, GoogleSecrets> | null
}

async function kept(db: Reader, wallet: Wallet): Promise<Kept<unknown, unknown> | null> {
  const row = await db.row<Kept<unknown, unknown>>(sql`
    select settings, secrets from wallet_settings where wallet = ${wallet}::text`)
  return row ?? null
}

/** The wallets that members are offered: those set up, Apple's while its certificate is alive. */
export async function offered(db: Reader, now: Date): Promise<Wallet[]> {
  const rows = await db.rows<{ wallet: Wallet }>(sql`
    select wallet from wallet_settings
    where wallet <> 'apple' or (settings->>'valid_until')::timestamptz > ${now}::timestamptz order by wallet`)
  return rows.map(({ wallet }) => wallet)
}

/** Sets up Apple Wallet. Throws `wallet_pass.certificate_*`, `wallet_pass.key_*`. */
export async function setApple(tx: Tx, given: AppleBody): Promise<void> {
  const before = await keptApple(tx)
  const { settings, secrets } = judgeApple(given, before?.secrets ?? null, tx.now)
  await keep(tx, 'apple', settings, secrets, { pass_type: settings.pass_type, valid_until: settings.valid_until })
}

/** Sets up Google Wallet. Throws `wallet_pass.key_unreadable`. */
export async function setGoogle(tx: Tx, { key, ...settings }: GoogleBody): Promise<void> {
  const secret = key?.trim() || (await keptGoogle(tx))?.secrets.key
  if (!secret || keyOf(secret, null).asymmetricKeyType !== 'rsa') throw new AppError('wallet_pass.key_unreadable')
  await keep(tx, 'google', settings, { key: secret }, settings)
}

async function keep(
  tx: Tx,
  wallet: Wallet,
  settings: AppleSettings | GoogleSettings,
  secrets: AppleSecrets | GoogleSecrets,
  after: Record<string, unknown>,
): Promise<void> {
  await tx.run(sql`
    insert into wallet_settings (wallet, settings, secrets, updated_at, actor)
    values (${wallet}::text, ${JSON.stringify(settings)}::jsonb, ${JSON.stringify(secrets)}::jsonb,
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)
    on conflict (wallet) do update set settings = excluded.settings, secrets = excluded.secrets,
      updated_at = excluded.updated_at, actor = excluded.actor`)
  await staff.audit(tx, [{ action: 'wallet.configured', noun: 'wallets', noun_id: wallet, after }])
}

/** Takes a wallet away: its button goes, passes on phones stay as they are. Throws `wallet_pass.not_configured`. */
export async function unset(tx: Tx, wallet: Wallet): Promise<void> {
  const gone = await tx.run(sql`delete from wallet_settings where wallet = ${wallet}::text`)
  if (gone === 0) throw new AppError('wallet_pass.not_configured', { wallet })
  await staff.audit(tx, [{ action: 'wallet.removed', noun: 'wallets', noun_id: wallet }])
}

/** Both wallets as the console shows them, secrets left out. */
export async function walletsOf(db: Reader) {
  const rows = await db.rows<{ wallet: Wallet; settings: unknown; updated_at: Date }>(sql`
    select wallet, settings, updated_at from wallet_settings`)
  const counts = await db.rows<{ wallet: Wallet; passes: number }>(sql`
    select wallet, count(*)::int as passes from wallet_passes group by wallet`)
  return (['apple', 'google'] as const).map((wallet) => {
    const row = rows.find((one) => one.wallet === wallet)
    return {
      wallet,
      configured: row !== undefined,
      passes: counts.find((one) => one.wallet === wallet)?.passes ?? 0,
      apple: wallet === 'apple' && row ? (row.settings as AppleSettings) : null,
      google: wallet === 'google' && row ? (row.settings as GoogleSettings) : null,
      updated_at: row?.updated_at ?? null,
    }
  })
}
