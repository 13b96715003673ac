/** The words that the program itself puts into messages and pages, in three languages. `{{ … }}` is Liquid. */

interface Texts {
  /** Under every marketing e-mail whose template has no unsubscribe link of its own. */
  footer_why: string
  footer_unsubscribe: string
  /** Behind a marketing SMS; short, because every character costs. */
  sms_unsubscribe: string
  page_title: string
  page_question: string
  page_detail: string
  page_button: string
  page_done_title: string
  page_done: string
  page_unknown_title: string
  page_unknown: string
  mediums: { email: string; sms: string }
}

const texts: Record<'en' | 'zh-TW' | 'zh-CN', Texts> = {
  en: {
    footer_why: 'You receive this because you agreed to news from {{ program.name }}.',
    footer_unsubscribe: 'Unsubscribe',
    sms_unsubscribe: 'Stop:',
    page_title: 'Unsubscribe',
    page_question: 'Stop receiving {medium} from {program}?',
    page_detail: 'Messages about your own orders and points still reach you.',
    page_button: 'Yes, stop',
    page_done_title: 'You are unsubscribed',
    page_done: '{program} sends you no more news by {medium}.',
    page_unknown_title: 'This link is not known',
    page_unknown: 'It may have been cut off. Please open it again from the message.',
    mediums: { email: 'e-mail', sms: 'text message' },
  },
  'zh-TW': {
    footer_why: '您會收到這封信，是因為您同意接收 {{ program.name }} 的最新消息。',
    footer_unsubscribe: '取消訂閱',
    sms_unsubscribe: '退訂',
    page_title: '取消訂閱',
    page_question: '不再接收 {program} 的{medium}嗎？',
    page_detail: '與您的訂單和點數有關的通知仍會送達。',
    page_button: '確定取消',
    page_done_title: '已取消訂閱',
    page_done: '{program} 不會再以{medium}寄送最新消息給您。',
    page_unknown_title: '找不到這個連結',
    page_unknown: '連結可能不完整，請回到訊息中重新開啟。',
    mediums: { email: '電子郵件', sms: '簡訊' },
  },
  'zh-CN': {
    footer_why: '您收到这封邮件，是因为您同意接收 {{ program.name }} 的最新消息。',
    footer_unsubscribe: '退订',
    sms_unsubscribe: '退订',
    page_title: '退订',
    page_question: '不再接收 {program} 的{medium}吗？',
    page_detail: '与您的订单和积分有关的通知仍会送达。',
    page_button: '确定退订',
    page_done_title: '已退订',
    page_done: '{program} 不会再通过{medium}向您发送最新消息。',
    page_unknown_title: '找不到这个链接',
    page_unknown: '链接可能不完整，请回到消息中重新打开。',
    mediums: { email: '电子邮件', sms: '短信' },
  },
}

/** The three languages the program itself speaks. */
export const spoken = Object.keys(texts) as (keyof typeof texts)[]

/** The texts of a language that is spoken; others read English. */
export function textsIn(language: string): Texts {
  return texts[language as keyof typeof texts] ?? texts.en
}
