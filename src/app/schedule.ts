/** The only page with clock times. Read in the program's zone; each line is a job of some module. */
import type { Clockwork } from '../base/jobs.ts'

export const clockwork: Clockwork[] = [
  // every night after the day has turned, each before what leans on it
  { name: 'orders.review_states', cron: '5 0 * * *' },
  { name: 'orders.refresh_usual', cron: '8 0 * * *' },
  { name: 'points.activate', cron: '10 0 * * *' },
  { name: 'points.expire', cron: '15 0 * * *' },
  { name: 'coupons.expire', cron: '18 0 * * *' },
  { name: 'cards.expire', cron: '19 0 * * *' },
  { name: 'protection.look', cron: '25 0 * * *' },
  { name: 'plans.turn', cron: '19 0 * * *' },
  { name: 'plans.settle', cron: '22 0 * * *' },
  { name: 'tiers.review', cron: '20 0 * * *' },
  // at midnight; who was not there then is caught up with within ten minutes, which costs a look at a small table
  { name: 'moments.give', cron: '*/10 * * * *' },
  { name: 'segments.measure', cron: '30 0 * * *' },
  { name: 'imports.forget', cron: '35 3 * * *' },
  { name: 'keys.forget', cron: '40 3 * * *' },
  { name: 'sign_ins.sweep', cron: '45 3 * * *' },
  { name: 'joining.sweep', cron: '48 * * * *' },
  // letters with codes are kept an hour
  { name: 'portal.sweep', cron: '50 * * * *' },
  // what waits for its time is looked at every ten seconds: a send is late by that at most
  { name: 'campaigns.launch', cron: '*/10 * * * * *' },
  { name: 'campaigns.finish', cron: '5-59/10 * * * * *' },
  // a hold frees itself at its time; this only tells of it
  { name: 'coupons.free_holds', cron: '* * * * *' },
  { name: 'cards.free_holds', cron: '* * * * *' },
  // points that changed stand on the pass half a minute later at most
  { name: 'passes.tell', cron: '3-59/10 * * * * *' },
  { name: 'imports.watch', cron: '* * * * *' },
  { name: 'messages.watch', cron: '*/5 * * * *' },
]
