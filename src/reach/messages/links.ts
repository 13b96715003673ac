/**
 * Finds the links of a text that are counted and puts a short link in their place. Only links whose scheme and host
 * are written out are taken: `/l/:code` can then lead nowhere but to where the template's author pointed, whatever a
 * member's own values say. `{{ … }}` may stand in the path or query; it is filled at the click.
 */

/** Stands before the dash and the link's number; the renderer gives it a value for each message. */
export const linkVariable = '_link'

/** 200 counted links in one text: more is a catalogue, and a code stays short. */
export const linksMax = 200

const liquid = String.raw`\{\{(?:(?!\}\}).)*\}\}`
const href = new RegExp(String.raw`(<a\b[^>]*?\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')`, 'gis')
const bare = new RegExp(String.raw`https?:\/\/(?:${liquid}|[^\s<>"'{}，。、；：！？）」』】])+`, 'gi')
const counted = new RegExp(String.raw`^https?:\/\/[^\s/?#{}@]+(?:[/?#](?:${liquid}|[^\s{}])*)?$`, 'i')

/** A text with its counted links by number. */
export interface Linked {
  source: string
  urls: string[]
}

/** Replaces links in HTML; `urls` are those already numbered (link_no = place + 1) and is added to. */
export function linkHtml(source: string, urls: string[]): string {
  return source.replaceAll(href, (whole, before: string, double?: string, single?: string) => {
    const url = decodeEntities((double ?? single ?? '').trim())
    if (!counted.test(url)) return whole
    return `${before}"${shortFor(url, urls)}"`
  })
}

/** Replaces links in plain text. */
export function linkText(source: string, urls: string[]): string {
  return source.replaceAll(bare, (whole) => {
    // a full stop or bracket behind an address belongs to the sentence
    const url = whole.replace(/[.,;:!?)\]]+$/, '')
    if (!counted.test(url)) return whole
    return shortFor(url, urls) + whole.slice(url.length)
  })
}

function shortFor(url: string, urls: string[]): string {
  let at = urls.indexOf(url)
  if (at < 0) at = urls.push(url) - 1
  return `{{ ${linkVariable} }}-${at + 1}`
}

const entities: Record<string, string> = { amp: '&', quot: '"', apos: "'", '#39': "'", lt: '<', gt: '>' }

function decodeEntities(text: string): string {
  return text.replaceAll(/&(amp|quot|apos|#39|lt|gt);/g, (_whole, name: string) => entities[name]!)
}

/** HTML to the text that mail readers without HTML show: links behind their words, blocks on their own lines. */
export function textOfHtml(html: string, urls: string[] = []): string {
  // `{% if points < 10 %}` is no tag: Liquid waits outside while tags are taken off
  const kept: string[] = []
  const keep = (liquidPart: string) => `\u0000${kept.push(liquidPart) - 1}\u0000`
  const restore = (text: string) =>
    text.replaceAll(/\u0000(\d+)\u0000/g, (_whole, place: string) => kept[Number(place)]!)
  const bare = html.replaceAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, keep)
  const shorten = (target: string) => {
    const url = restore(decodeEntities(target.trim()))
    return keep(counted.test(url) ? shortFor(url, urls) : url)
  }
  return restore(plainOf(bare, shorten))
}

const anchor = /<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a>/gi

function plainOf(html: string, shorten: (target: string) => string): string {
  const text = html
    .replaceAll(/<(style|script|head|title)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(anchor, (_whole, double: string | undefined, single: string | undefined, inner: string) => {
      const words = inner.replaceAll(/<[^>]+>/g, '').trim()
      const target = double ?? single ?? ''
      return words === '' || words === target ? `${shorten(target)} ` : `${words} (${shorten(target)}) `
    })
    .replaceAll(/<br\s*\/?>/gi, '\n')
    .replaceAll(/<\/(p|div|h[1-6]|tr|table|ul|ol|li|blockquote)>/gi, '\n')
    .replaceAll(/<li\b[^>]*>/gi, '- ')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/&nbsp;/gi, ' ')
  return decodeEntities(text)
    .split('\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
