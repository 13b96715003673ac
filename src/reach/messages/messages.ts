/** What can be done with messages; each verb lies with its noun. README.md says what holds. */
export { createTemplate, updateTemplate, archiveTemplate, findTemplate, listTemplates } from './templates.ts'
export { configure, channels, channelFor, channelKinds, settingsOf } from './settings.ts'
export {
  openSend,
  queue,
  membersById,
  judged,
  wayOf,
  pause,
  resume,
  cancel,
  findSend,
  type NewSend,
  type Audience,
  type Queued,
} from './sends.ts'
export { deliver, startDelivery, type DeliveryOptions, type RunningDelivery } from './delivery.ts'
export { receive, knowsCode, type Received } from './receipts.ts'
export { reach, touch, unsubscribe, targetOf } from './touches.ts'
export { makeList, listsOf, writeList, receiveReport } from './lists.ts'
export { resolveUncertain } from './uncertain.ts'
export { createTest, sendTest } from './tests.ts'
export { countsOf, waitingFor, messagesOf, messageOf, type SendCounts } from './queries.ts'
export { checks } from './checks.ts'
