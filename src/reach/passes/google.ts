/**
 * A pass for Google Wallet: a class for the program and an object for the member, in a link that Google trusts because
 * it is signed (JWT, RS256), and the same object again whenever it changes.
 */
import { SignJWT } from 'jose'
import { keyOf } from './certificates.ts'
import type { Look } from './look.ts'
import { pictureUrl } from '../../record/program/program.ts'
import type { GoogleSecrets, GoogleSettings, PassContent } from './types.ts'
import { passLanguages, textIn, wordIn, type PassLanguage, type PassWord } from './words.ts'

export interface GooglePass {
  settings: GoogleSettings
  serial: string
  look: Look
  content: PassContent
  base_url: string
}

const saveUrl = 'https://pay.google.com/gp/v/save/'
const classOf = ({ issuer_id }: GoogleSettings) => `${issuer_id}.regulars`

/** `{defaultValue, translatedValues}` of a text by language. */
function localized(of: (language: PassLanguage) => string) {
  const [first, ...others] = passLanguages.map(({ ours, google }) => ({ language: google, value: of(ours) }))
  return { defaultValue: first!, translatedValues: others }
}
const word = (name: PassWord) => localized((language) => wordIn(name, language))
const image = (url: string, text: string) => ({
  sourceUri: { uri: url },
  contentDescription: { defaultValue: { language: 'en-US', value: text } },
})

/** The program's side: name, colours, pictures, where to ask. */
export function loyaltyClass({ settings, look, base_url }: Omit<GooglePass, 'serial' | 'content'>) {
  const { name, pictures, schemes, texts } = look.brand
  const [icon, card] = [pictures.icon?.['512'], pictures.card?.['3x']]
  const [terms, help] = [textIn(texts.terms_url, 'en'), textIn(texts.help, 'en')]
  return {
    id: classOf(settings),
    issuerName: name,
    programName: name,
    reviewStatus: 'UNDER_REVIEW',
    hexBackgroundColor: schemes.light.brand,
    programLogo: image(icon ? base_url + pictureUrl(icon.hash) : `${base_url}/portal/icon-512.png`, name),
    ...(card ? { heroImage: image(base_url + pictureUrl(card.hash), name) } : {}),
    ...(help ? { textModulesData: [{ id: 'help', localizedHeader: word('help'), body: help }] } : {}),
    linksModuleData: {
      uris: [
        { id: 'portal', uri: `${base_url}/portal/`, localizedDescription: word('portal') },
        ...(terms ? [{ id: 'terms', uri: terms, localizedDescription: word('terms') }] : []),
      ],
    },
  }
}

/** The member's side: points, tier, the barcode that earns. */
export function loyaltyObject({ settings, serial, content }: Omit<GooglePass, 'look' | 'base_url'>) {
  const tiers = content.tier_names
  return {
    id: `${settings.issuer_id}.${serial}`,
    classId: classOf(settings),
    state: 'ACTIVE',
    accountId: String(content.number),
    ...(content.display_name ? { accountName: content.display_name } : {}),
    barcode: { type: 'EAN_13', value: content.plain_code, alternateText: content.plain_code },
    loyaltyPoints: { localizedLabel: word('points'), balance: { int: content.points } },
    ...(Object.keys(tiers).length > 0
      ? {
          textModulesData: [
            {
              id: 'tier',
              localizedHeader: word('tier'),
              localizedBody: localized((language) => textIn(tiers, language) ?? ''),
            },
          ],
        }
      : {}),
  }
}

/** The link behind the button: opened on a phone, it asks whether to keep the card. */
export async function saveLink(pass: GooglePass & { secrets: GoogleSecrets; now: Date }): Promise<string> {
  const payload = { loyaltyClasses: [loyaltyClass(pass)], loyaltyObjects: [loyaltyObject(pass)] }
  const token = await new SignJWT({ typ: 'savetowallet', origins: [pass.base_url], payload })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(pass.settings.service_email)
    .setAudience('google')
    .setIssuedAt(Math.floor(pass.now.getTime() / 1000))
    .sign(keyOf(pass.secrets.key, null))
  return saveUrl + token
}
