/** `regulars verify` for budgets: the envelopes added up again from their lines. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('budgets.entries_equal_budget', 'promises and spending of every budget are what its entries sum to', (db) =>
    db.rows(sql`
    select budget.budget_id, budget.reserved_minor, budget.spent_minor, summed.reserved, summed.spent
    from budgets budget
    left join (select budget_id, sum(reserved_minor) as reserved, sum(spent_minor) as spent
      from budget_entries group by budget_id) summed on summed.budget_id = budget.budget_id
    where (budget.reserved_minor, budget.spent_minor)
      is distinct from (coalesce(summed.reserved, 0), coalesce(summed.spent, 0))`),
  ),
  noRows('budgets.changes_equal_amount', 'every budget holds what people put in', (db) =>
    db.rows(sql`
    select budget.budget_id, budget.amount_minor, summed.amount
    from budgets budget
    left join (select budget_id, sum(amount_minor)::bigint as amount from budget_changes group by budget_id) summed
      on summed.budget_id = budget.budget_id
    where budget.amount_minor <> coalesce(summed.amount, 0)`),
  ),
  noRows('budgets.promises_end_whole', 'a promise that ended is no longer reserved, and none ended unmade', (db) =>
    db.rows(sql`
    select ended.member_id, ended.budget_id, ended.source, ended.source_id
    from budget_entries ended
    left join budget_entries made on made.member_id = ended.member_id and made.budget_id = ended.budget_id
      and made.source = ended.source and made.source_id = ended.source_id and made.kind = 'reserve'
    where ended.kind in ('settle', 'release')
      and (made.entry_id is null or made.reserved_minor + ended.reserved_minor <> 0
      or (ended.kind = 'release' and ended.spent_minor <> 0))`),
  ),
  noRows('budgets.refunds_were_spent', 'what came back had been spent, and no more of it came back', (db) =>
    db.rows(sql`
    select back.member_id, back.budget_id, back.source, back.source_id
    from budget_entries back
    left join budget_entries spent on spent.member_id = back.member_id and spent.budget_id = back.budget_id
      and spent.source = back.source and spent.source_id = back.source_id and spent.kind = 'settle'
    where back.kind = 'refund' and (spent.entry_id is null or back.reserved_minor <> 0 or back.spent_minor > 0
      or spent.spent_minor + back.spent_minor < 0)`),
  ),
]
