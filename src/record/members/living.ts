import { sql } from '../../base/sql.ts'

/**
 * Who counts as a member (`m`) where people are counted: joined, and somebody still. What somebody erased has bought
 * stays in every sum of sales.
 */
export const living = sql`m.kind = 'member' and m.merged_into is null and m.erased_at is null`
