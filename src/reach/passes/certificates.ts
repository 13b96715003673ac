/** What a certificate for a pass type must be: Apple's, for a pass, alive, and of the key that is given. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import type { AppleBody, AppleSecrets, AppleSettings } from './types.ts'

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new AppError('wallet_pass.certificate_unreadable', {}, { cause })
  }
}

/** A private key in PEM. Throws `wallet_pass.key_unreadable`. */
export function keyOf(pem: string, passphrase: string | null): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase ? { passphrase } : {}) })
  } catch (cause) {
    throw new AppError('wallet_pass.key_unreadable', {}, { cause })
  }
}

/** The lines of a distinguished name: `UID=pass.com.example`. */
function partOf(subject: string, name: string): string | undefined {
  return subject
    .split('\n')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1)
}

/**
 * Reads and judges what the owner gave; pass type and team stand in the certificate's subject (UID and OU). Throws
 * `wallet_pass.certificate_*`, `wallet_pass.key_*`.
 */
export function judgeApple(
  given: AppleBody,
  kept: AppleSecrets | null,
  now: Date,
): { settings: AppleSettings; secrets: AppleSecrets } {
  const [certificate, wwdr] = [certificateOf(given.certificate), certificateOf(given.wwdr)]
  const [pass_type, team] = [partOf(certificate.subject, 'UID'), partOf(certificate.subject, 'OU')]
  if (!pass_type?.startsWith('pass.') || !team) throw new AppError('wallet_pass.certificate_foreign')
  const until = new Date(certificate.validTo)
  if (until <= now) throw new AppError('wallet_pass.certificate_expired', { day: until.toISOString().slice(0, 10) })
  if (!certificate.checkIssued(wwdr) || !certificate.verify(wwdr.publicKey))
    throw new AppError('wallet_pass.certificate_unsigned')
  const key = given.key?.trim() || kept?.key
  if (!key) throw new AppError('wallet_pass.key_unreadable')
  // a new key without a passphrase has none; the kept one keeps its own
  const key_passphrase = given.key?.trim() ? given.key_passphrase || null : (kept?.key_passphrase ?? null)
  if (!certificate.checkPrivateKey(keyOf(key, key_passphrase))) throw new AppError('wallet_pass.key_foreign')
  return {
    settings: {
      certificate: given.certificate.trim(),
      wwdr: given.wwdr.trim(),
      ...{ pass_type, team, valid_until: until.toISOString() },
    },
    secrets: { key, key_passphrase },
  }
}
