/** The pages a member sees behind a link of a message: made here, without script, in the message's own language. */
import { languageFor } from './rules.ts'
import { spoken, textsIn } from './texts.ts'
import type { Medium } from './types.ts'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => escapes[letter]!)
}

function fill(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => escape(values[name] ?? ''))
}

function page(language: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>
body{margin:0;background:#faf7f2;color:#2b2722;font:16px/1.6 system-ui,"PingFang TC","Noto Sans TC",sans-serif}
main{max-width:28rem;margin:15vh auto;padding:0 1.25rem}h1{font-size:1.375rem;line-height:1.35}
button{font:inherit;padding:.625rem 1.25rem;border:0;border-radius:.375rem;background:#b23c17;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid #2b2722;outline-offset:2px}p{color:#5c554c}
</style></head><body><main>${body}</main></body></html>`
}

function speak(language: string | null) {
  const spokenHere = languageFor(language, spoken, 'en')!
  return { language: spokenHere, texts: textsIn(spokenHere) }
}

/** Asks whether to unsubscribe; nothing happens until the button is pressed. */
export function questionPage(asked: { language: string | null; medium: Medium; program: string }): string {
  const { language, texts } = speak(asked.language)
  const values = { medium: texts.mediums[asked.medium], program: asked.program }
  return page(
    language,
    texts.page_title,
    `<h1>${fill(texts.page_question, values)}</h1>
<p>${texts.page_detail}</p>
<form method="post"><input type="hidden" name="confirm" value="yes"><button>${texts.page_button}</button></form>`,
  )
}

/** Says that it is done. */
export function donePage(asked: { language: string | null; medium: Medium; program: string }): string {
  const { language, texts } = speak(asked.language)
  const values = { medium: texts.mediums[asked.medium], program: asked.program }
  return page(
    language,
    texts.page_done_title,
    `<h1>${texts.page_done_title}</h1><p>${fill(texts.page_done, values)}</p>`,
  )
}

/** For a code that is not ours. */
export function unknownPage(language: string | null): string {
  const { language: spokenHere, texts } = speak(language)
  return page(
    spokenHere,
    texts.page_unknown_title,
    `<h1>${texts.page_unknown_title}</h1><p>${texts.page_unknown}</p>`,
  )
}
