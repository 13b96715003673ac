/** `regulars verify` for passes, in plain SQL that shares nothing with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('passes.serials_name_passes', 'every pass is found by its serial, and every serial is a pass', (db) =>
    db.rows(sql`
    select coalesce(p.member_id, s.member_id) as member_id, coalesce(p.serial, s.serial) as serial
    from wallet_passes p full join wallet_serials s on s.member_id = p.member_id and s.serial = p.serial
    where p.serial is null or s.serial is null`),
  ),
  noRows('passes.devices_hold_passes', 'phones hear of passes that are there', (db) =>
    db.rows(sql`
    select d.member_id, d.serial from wallet_devices d
    where not exists (select from wallet_passes p where p.member_id = d.member_id and p.serial = d.serial
      and p.wallet = 'apple')`),
  ),
]
