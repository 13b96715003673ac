/** The words of vendors' delivery reports: which column is which, which status means what. */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import { AppError } from '../../base/errors.ts'
import { parseInstant } from '../../base/time.ts'
import type { Receipt } from './types.ts'

export interface ReportRow {
  /** Line of the file; the header is 1. */
  line: number
  status: string
  /** null: on its way still, or a status we do not know. */
  receipt: Receipt | null
  pending: boolean
}

const headers: Record<'ref' | 'phone' | 'status' | 'at', RegExp> = {
  ref: /^(reference|ref|message.?id|msg.?id|client.?ref(erence)?|序號|序号|編號|编号|參考編號|参考编号|訊息編號)$/i,
  phone: /^(phone|mobile|msisdn|to|recipient|number|手機|手机|手機號碼|手机号码?|門號|門号|號碼|号码|電話|电话)$/i,
  status: /^(status|state|result|delivery.?status|dlr|狀態|状态|發送狀態|发送状态|結果|结果|回報狀態|送達狀態)$/i,
  at: /^(at|time|done.?(date|time|at)|delivered.?(at|time)|delivery.?time|時間|时间|送達時間|送达时间|完成時間)$/i,
}

/** SMPP's own words (DELIVRD …, SMPP 3.4 appendix B) and what vendors here write. */
const words: { pattern: RegExp; kind: Receipt['kind'] | null; class?: 'hard' | 'soft' }[] = [
  // most particular first: "undelivered" holds "delivered"
  {
    pattern: /空號|空号|號碼錯誤|号码错误|invalid.?(number|destination|msisdn)|unknown.?subscriber|no.?such/i,
    kind: 'bounced',
    class: 'hard',
  },
  {
    pattern: /undeliv|undlv|rejectd|reject|expired|deleted|fail|error|失敗|失败|逾期|逾時|拒收|未送達|未送达|退回/i,
    kind: 'bounced',
    class: 'soft',
  },
  { pattern: /delivrd|delivered|success|^ok$|成功|已送達|已送达|送達|送达/i, kind: 'delivered' },
  { pattern: /accept|enroute|buffered|pending|sent|queued|unknown|傳送中|发送中|處理中|处理中|等待/i, kind: null },
]

const encodings: Record<string, string> = {
  TW: 'big5',
  HK: 'big5',
  MO: 'big5',
  CN: 'gb18030',
  SG: 'gb18030',
  JP: 'shift_jis',
}

/** UTF-8 if it decodes, else the encoding that spreadsheets of the program's country still write. */
export function decodeReport(file: Buffer, country: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    return new TextDecoder(encodings[country] ?? 'windows-1252').decode(file)
  }
}

/** Reads the lines of a report. Throws `report.columns_missing` unless there is a status and a reference or phone. */
export function readReport(records: readonly string[][], country: string): ReportRow[] {
  const [header, ...lines] = records
  const place = (name: keyof typeof headers) => (header ?? []).findIndex((title) => headers[name].test(title.trim()))
  const at = { ref: place('ref'), phone: place('phone'), status: place('status'), at: place('at') }
  if (at.status < 0 || (at.ref < 0 && at.phone < 0)) {
    throw new AppError('report.columns_missing', { found: header ?? [], wanted: ['reference', 'phone', 'status'] })
  }
  return lines.map((cells, i) => {
    const status = cells[at.status]?.trim() ?? ''
    const meaning = words.find((word) => word.pattern.test(status))
    const ref = at.ref < 0 ? '' : (cells[at.ref]?.trim() ?? '')
    const address = at.phone < 0 ? null : phoneOf(cells[at.phone] ?? '', country)
    const time = at.at < 0 ? null : instantWithZone(cells[at.at] ?? '')
    const receipt: Receipt | null = meaning?.kind
      ? {
          kind: meaning.kind,
          code: status.slice(0, 100),
          ...(meaning.class ? { class: meaning.class } : {}),
          ...(ref ? { ref } : {}),
          ...(address ? { address } : {}),
          ...(time ? { at: time } : {}),
        }
      : null
    return { line: i + 2, status, receipt, pending: meaning?.kind === null }
  })
}

/** Spreadsheets take the leading zero or plus away: read with the program's country. */
function phoneOf(text: string, country: string): string | null {
  const digits = text.trim().replace(/^'/, '')
  return parsePhoneNumberFromString(digits, country as CountryCode)?.number ?? null
}

/** Only instants with a zone are believed; a bare local time could be anybody's. */
function instantWithZone(text: string): Date | null {
  try {
    return parseInstant(text.trim())
  } catch {
    return null
  }
}
