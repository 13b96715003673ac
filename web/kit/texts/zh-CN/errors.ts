import type en from '../en/errors.ts'
import type { Translation } from '../translation.ts'

export default {
  network: {
    unreachable: '系统没有响应，请检查网络。你填的内容还在。',
  },
  server: {
    failed: '系统出了问题，数据没有变动。',
  },
  database: {
    unavailable: '数据库暂时没有响应，请稍后再试。',
    busy: '现在比较忙，请稍后再试。',
  },
  query: {
    timed_out: '用时太长，已停止。请缩小范围，例如缩短时间段。',
    cancelled: '已取消。',
  },
  request: {
    invalid: '有些字段需要再看一下。',
    not_json: '系统读不懂这个内容。',
    unreadable: '系统读不懂这个内容。',
    number_too_large: '数字太大了。',
    too_large: '内容太大，一次收不下。',
    too_many: '尝试太多次，请等一分钟。',
  },
  session: {
    required: '请先登录。',
    foreign_origin: '这个请求来自其他网址，已拒绝。',
  },
  permission: {
    missing: '你的角色没有这项权限（{{permission}}）。',
  },
  idempotency: {
    in_progress: '同一个请求还在处理，请稍等。',
    key_reused: '这个请求之前发过，但内容不同。',
  },
  sign_in: {
    refused: '邮箱或密码不正确。',
    locked: '错误次数太多。请等几分钟，或使用登录链接。',
    link_unusable: '这个链接已经失效。',
  },
  member: {
    not_found: '没有这位会员。',
    identity_missing: '需要手机、邮箱或卡号，才认得出这个人。',
    identity_taken: '已经有另一位会员使用。',
    phone_unreadable: '这看起来不像电话号码。',
    email_unreadable: '这看起来不像邮箱地址。',
    card_unreadable: '这看起来不像卡号。',
    birth_date_unreadable: '日历上没有这一天。',
    name_missing: '需要姓名。',
  },
  condition: {
    invalid: '这个条件还不完整。',
  },
  schema: {
    required: '必填。',
    minLength: '太短了。',
    maxLength: '太长了。',
    format: '格式不对。',
    pattern: '格式不对。',
    minimum: '太小了。',
    maximum: '太大了。',
    type: '类型不对。',
    enum: '不在选项里。',
    anyOf: '不在选项里。',
    additionalProperties: '这里没有这一项。',
    minItems: '太少了。',
    maxItems: '太多了。',
  },
} satisfies Translation<typeof en>
