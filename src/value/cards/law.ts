/** Card definitions and their rules in versions. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { Kept } from '../../base/kept.ts'
import { sql } from '../../base/sql.ts'
import { inOrder } from '../../base/versions.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import { faultsOf } from './rules.ts'
import type { CardDefinitionChanges, CardLaw, CardRule, CardVersion, NewCardDefinition } from './types.ts'

interface LawRow extends Omit<CardLaw, 'versions'> {
  versions: (Omit<CardVersion, 'effective_from'> & { effective_from: string })[]
}

/** Definitions with all their versions, in the order in which they come: those named, or the stamp cards. */
export async function lawsOf(db: Reader, ids: readonly string[] | 'stamps'): Promise<CardLaw[]> {
  const rows = await db.rows<LawRow>(sql`
    select d.card_definition_id, d.kind, d.status, d.names, v.versions
    from card_definitions d cross join lateral (
      select json_agg(json_build_object('card_definition_id', card_definition_id, 'version', version,
        'effective_from', effective_from, 'rule', rule) order by ${inOrder}) as versions
      from card_versions where card_definition_id = d.card_definition_id and called_off_at is null
    ) v
    where case when ${ids === 'stamps'}::boolean then d.kind = 'stamps'
      else d.card_definition_id = any (${ids === 'stamps' ? [] : [...new Set(ids)]}::uuid[]) end
    order by d.card_definition_id`)
  return rows.map((row) => ({
    ...row,
    versions: row.versions.map((one) => ({ ...one, effective_from: new Date(one.effective_from) })),
  }))
}

const stamps = new Kept<CardLaw[]>()

/** The stamp cards, without carrying them over anew for every order. */
export function stampLaws(tx: Tx): Promise<CardLaw[]> {
  return stamps.current(tx, ['card_definitions', 'card_versions'], () => lawsOf(tx, 'stamps'))
}

function insistSound(rule: CardRule, kind: CardRule['kind']): void {
  const errors = faultsOf(rule, kind)
  if (errors.length > 0) throw new AppError('card_definition.invalid', { places: errors.length }, { errors })
}

/** Makes a kind of card, in force from now on. Throws `card_definition.invalid`. */
export async function define(tx: Tx, input: NewCardDefinition): Promise<string> {
  insistSound(input.rule, input.rule.kind)
  const made = await tx.row<{ card_definition_id: string }>(sql`
    with made as (
      insert into card_definitions (kind, names, actor, created_at)
      values (${input.rule.kind}::text, ${JSON.stringify(input.names)}::jsonb, ${actorText(tx.actor)}::text,
        ${tx.now}::timestamptz)
      returning card_definition_id
    ), begun as (
      insert into card_versions (card_definition_id, version, effective_from, rule, note, actor, created_at)
      select card_definition_id, 1, ${tx.now}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
        ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
      from made
    )
    select card_definition_id from made`)
  const { card_definition_id } = made!
  await audit(tx, [
    { action: 'card_definition.made', noun: 'cards', noun_id: card_definition_id, after: { ...input } },
  ])
  return card_definition_id
}

/**
 * Changes names and state at once, the rule by a new version from now or a later moment on. Throws
 * `card_definition.not_found`, `card_definition.invalid`, `card_definition.in_past`.
 */
export async function change(tx: Tx, card_definition_id: string, changes: CardDefinitionChanges): Promise<void> {
  const before = await tx.row<{ kind: CardRule['kind']; names: object; status: string }>(sql`
    select kind, names, status from card_definitions where card_definition_id = ${card_definition_id}::uuid for update`)
  if (!before) throw new AppError('card_definition.not_found', { card_definition_id })
  await tx.run(sql`
    update card_definitions set names = coalesce(${changes.names ? JSON.stringify(changes.names) : null}::jsonb, names),
      status = coalesce(${changes.status ?? null}::text, status)
    where card_definition_id = ${card_definition_id}::uuid`)
  if (changes.rule) {
    insistSound(changes.rule, before.kind)
    const effective_from = changes.effective_from ? new Date(changes.effective_from) : tx.now
    if (effective_from < tx.now) throw new AppError('card_definition.in_past', {})
    await tx.run(sql`
      insert into card_versions (card_definition_id, version, effective_from, rule, note, actor, created_at)
      select ${card_definition_id}::uuid, max(version) + 1, ${effective_from}::timestamptz,
        ${JSON.stringify(changes.rule)}::jsonb, ${changes.note ?? ''}::text,
        ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
      from card_versions where card_definition_id = ${card_definition_id}::uuid`)
  }
  await audit(tx, [
    {
      action: 'card_definition.changed',
      noun: 'cards',
      noun_id: card_definition_id,
      before: { names: before.names, status: before.status },
      after: { ...changes },
    },
  ])
}

/** Calls off a version that has not begun. Throws `card_definition.not_found`, `card_definition.already_begun`. */
export function callOff(tx: Tx, card_definition_id: string, version: number): Promise<void> {
  return callOffVersion(tx, {
    table: 'card_versions',
    code: 'card_definition.already_begun',
    version,
    of: { column: 'card_definition_id', id: card_definition_id },
    part_of: 'cards',
  })
}
