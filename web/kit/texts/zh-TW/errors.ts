import type en from '../en/errors.ts'
import type { Translation } from '../translation.ts'

export default {
  network: {
    unreachable: '系統沒有回應，請檢查連線。你填的內容還在。',
  },
  server: {
    failed: '系統出了問題，資料沒有變動。',
  },
  database: {
    unavailable: '資料庫暫時沒有回應，請稍後再試。',
    busy: '目前很忙，請稍後再試。',
  },
  query: {
    timed_out: '花的時間太久，已停止。請縮小範圍，例如縮短期間。',
    cancelled: '已取消。',
  },
  request: {
    invalid: '有些欄位需要再看一下。',
    not_json: '系統讀不懂這個內容。',
    unreadable: '系統讀不懂這個內容。',
    number_too_large: '數字太大了。',
    too_large: '內容太大，一次收不下。',
    too_many: '嘗試太多次，請等一分鐘。',
  },
  session: {
    required: '請先登入。',
    foreign_origin: '這個請求來自其他網址，已拒絕。',
  },
  permission: {
    missing: '你的角色沒有這項權限（{{permission}}）。',
  },
  idempotency: {
    in_progress: '同一個請求還在處理，請稍等。',
    key_reused: '這個請求先前送過，但內容不同。',
  },
  sign_in: {
    refused: '電子郵件或密碼不正確。',
    locked: '錯誤太多次。請等幾分鐘，或使用登入連結。',
    link_unusable: '這個連結已經失效。',
  },
  member: {
    not_found: '沒有這位會員。',
    identity_missing: '需要電話、電子郵件或卡號，才認得出這個人。',
    identity_taken: '已經有另一位會員使用。',
    phone_unreadable: '這看起來不像電話號碼。',
    email_unreadable: '這看起來不像電子郵件。',
    card_unreadable: '這看起來不像卡號。',
    birth_date_unreadable: '日曆上沒有這一天。',
    name_missing: '需要姓名。',
  },
  condition: {
    invalid: '這個條件還不完整。',
  },
  schema: {
    required: '必填。',
    minLength: '太短了。',
    maxLength: '太長了。',
    format: '格式不對。',
    pattern: '格式不對。',
    minimum: '太小了。',
    maximum: '太大了。',
    type: '類型不對。',
    enum: '不在選項裡。',
    anyOf: '不在選項裡。',
    additionalProperties: '這裡沒有這一項。',
    minItems: '太少了。',
    maxItems: '太多了。',
  },
} satisfies Translation<typeof en>
