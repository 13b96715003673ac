/** How the brand looks, as the server wrote it into the page: no request, and there without a network. */
import type { Language } from './i18n.ts'

export interface BrandPicture {
  url: string
  width: number
  height: number
}

export interface BrandHere {
  name: string
  icon: BrandPicture | null
  logo: BrandPicture | null
  card: BrandPicture | null
  texts: Record<'greeting' | 'terms_url' | 'help', Partial<Record<Language, string>>>
  /** Where the card may be kept besides. */
  wallets: ('apple' | 'google')[]
  /** A trial: letters with codes wait in the console. */
  has_letters: boolean
}

const none: BrandHere = {
  name: '',
  icon: null,
  logo: null,
  card: null,
  texts: { greeting: {}, terms_url: {}, help: {} },
  wallets: [],
  has_letters: false,
}

function read(): BrandHere {
  const written = document.getElementById('brand')?.textContent
  return written ? { ...none, ...(JSON.parse(written) as Partial<BrandHere>) } : none
}

/** The brand of this page; in development, where nobody writes it, an empty one. */
export const brandHere: BrandHere = read()
