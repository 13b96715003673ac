/**
 * A pass for Apple Wallet: a store card with points, tier and the barcode that earns, signed with the brand's own
 * certificate (PassKit Package Format). Texts are keys, said in the phone's language by pass.strings.
 */
import { PKPass } from 'passkit-generator'
import type { Look } from './look.ts'
import type { AppleSecrets, AppleSettings, PassContent } from './types.ts'
import { passLanguages, passWords, textIn, wordIn, type PassLanguage } from './words.ts'

export interface ApplePass {
  settings: AppleSettings
  secrets: AppleSecrets
  serial: string
  token: string
  look: Look
  content: PassContent
  base_url: string
}

/** Where the phone asks for its pass again; Apple adds `/v1/…`. */
export const webService = '/v1/open/wallets/apple'

/** The signed .pkpass. */
export function applePass(pass: ApplePass): Buffer {
  const { settings, secrets, look } = pass
  const built = new PKPass(
    { 'pass.json': Buffer.from(JSON.stringify(passJson(pass))), ...look.files },
    {
      wwdr: settings.wwdr,
      signerCert: settings.certificate,
      signerKey: secrets.key,
      ...(secrets.key_passphrase ? { signerKeyPassphrase: secrets.key_passphrase } : {}),
    },
  )
  for (const { apple, ours } of passLanguages) built.localize(apple, stringsIn(pass, ours))
  return built.getAsBuffer()
}

function passJson({ settings, serial, token, look, content, base_url }: ApplePass) {
  const { light } = look.brand.schemes
  // phones take passes from secure addresses only: elsewhere (a trial at home) they would refuse the whole pass
  const service = base_url.startsWith('https:')
    ? { webServiceURL: `${base_url}${webService}`, authenticationToken: token }
    : {}
  return {
    formatVersion: 1,
    passTypeIdentifier: settings.pass_type,
    teamIdentifier: settings.team,
    organizationName: look.brand.name,
    serialNumber: serial,
    description: 'card',
    ...service,
    ...(look.files['logo.png'] ? {} : { logoText: look.brand.name }),
    backgroundColor: rgb(light.brand),
    foregroundColor: rgb(light.on_brand),
    labelColor: rgb(light.on_brand),
    sharingProhibited: true,
    barcodes: [
      {
        // Apple draws no EAN; Code 128 of the same digits is read by the same guns
        format: 'PKBarcodeFormatCode128',
        message: content.plain_code,
        messageEncoding: 'iso-8859-1',
        altText: content.plain_code,
      },
    ],
    storeCard: {
      headerFields: [{ key: 'points', label: 'points', value: content.points, changeMessage: 'points_changed' }],
      primaryFields: [],
      secondaryFields: [
        ...(Object.keys(content.tier_names).length > 0
          ? [{ key: 'tier', label: 'tier', value: 'tier_name', changeMessage: 'tier_changed' }]
          : []),
        ...(content.display_name ? [{ key: 'member', label: 'member', value: content.display_name }] : []),
      ],
      auxiliaryFields: expiring(content),
      backFields: backFields({ look, content, base_url }),
    },
  }
}

function expiring({ expiring: next }: PassContent) {
  if (!next) return []
  return [
    { key: 'expiring', label: 'expiring', value: next.points },
    // a calendar day: midnight UTC shown in no zone is that day everywhere
    {
      key: 'expires_on',
      label: 'expires_on',
      value: `${next.on}T00:00:00Z`,
      dateStyle: 'PKDateStyleMedium',
      timeStyle: 'PKDateStyleNone',
      ignoresTimeZone: true,
    },
  ]
}

function backFields({ look, content, base_url }: Pick<ApplePass, 'look' | 'content' | 'base_url'>) {
  const { terms_url, help } = look.brand.texts
  return [
    { key: 'how', label: 'how', value: 'earns' },
    { key: 'number', label: 'number', value: String(content.number) },
    { key: 'portal', label: 'portal', value: `${base_url}/portal/` },
    ...(textIn(help, 'en') ? [{ key: 'help', label: 'help', value: 'help_text' }] : []),
    ...(textIn(terms_url, 'en') ? [{ key: 'terms', label: 'terms', value: 'terms_text' }] : []),
  ]
}

function stringsIn({ look, content }: ApplePass, language: PassLanguage): Record<string, string> {
  const { terms_url, help } = look.brand.texts
  return {
    ...Object.fromEntries(passWords.map((word) => [word, wordIn(word, language)])),
    tier_name: textIn(content.tier_names, language) ?? '',
    help_text: textIn(help, language) ?? '',
    terms_text: textIn(terms_url, language) ?? '',
  }
}

function rgb(colour: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return `rgb(${r}, ${g}, ${b})`
}
