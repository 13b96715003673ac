/** A chain like Apple's, made here: an authority, and a certificate for a pass type that it signed. */
import forge from 'node-forge'

export interface Chain {
  /** The intermediate certificate, PEM. */
  authority: string
  certificate: string
  key: string
  /** The key behind a passphrase, PEM. */
  locked(passphrase: string): string
}

const bits = 2048

function named(...parts: [string, string][]): forge.pki.CertificateField[] {
  const types: Record<string, string> = { UID: '0.9.2342.19200300.100.1.1', OU: '2.5.4.11', CN: '2.5.4.3' }
  return parts.map(([name, value]) => ({ type: types[name]!, value }))
}

/** Certificates good from the first to the second of two moments. */
export function chainOf(subject: { pass_type: string; team: string; from: Date; until: Date; ip?: string }): Chain {
  const [root, own] = [forge.pki.rsa.generateKeyPair(bits), forge.pki.rsa.generateKeyPair(bits)]
  const made = (keys: forge.pki.rsa.KeyPair, serial: string, name: forge.pki.CertificateField[]) => {
    const certificate = forge.pki.createCertificate()
    certificate.publicKey = keys.publicKey
    certificate.serialNumber = serial
    certificate.validity.notBefore = subject.from
    certificate.validity.notAfter = subject.until
    certificate.setSubject(name)
    certificate.setIssuer(named(['CN', 'A Developer Relations Authority'], ['OU', 'G4']))
    return certificate
  }
  const authority = made(root, '01', named(['CN', 'A Developer Relations Authority'], ['OU', 'G4']))
  authority.setExtensions([{ name: 'basicConstraints', cA: true }])
  authority.sign(root.privateKey, forge.md.sha256.create())
  const { pass_type, team } = subject
  const name = named(['UID', pass_type], ['CN', `Pass Type ID: ${pass_type}`], ['OU', team])
  const certificate = made(own, '02', name)
  if (subject.ip) certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: subject.ip }] }])
  certificate.sign(root.privateKey, forge.md.sha256.create())
  return {
    authority: forge.pki.certificateToPem(authority),
    certificate: forge.pki.certificateToPem(certificate),
    key: forge.pki.privateKeyToPem(own.privateKey),
    locked: (passphrase) => forge.pki.encryptRsaPrivateKey(own.privateKey, passphrase, { algorithm: 'aes256' }),
  }
}

/**
 * Whether a detached PKCS #7 signature (SHA-1, as Apple asks of passes) is one of these bytes, by this certificate.
 * Throws what is wrong.
 */
export function proveSignature(signature: Buffer, signed: Buffer, chain: Chain): void {
  const message = forge.pkcs7.messageFromAsn1(
    forge.asn1.fromDer(signature.toString('latin1')),
  ) as forge.pkcs7.PkcsSignedData & { rawCapture: Record<string, never> }
  const raw = message.rawCapture as unknown as { authenticatedAttributes: forge.asn1.Asn1[]; signature: string }
  // the attributes carry the digest of what is signed; the signature is over the attributes as a SET
  const digest = forge.md.sha1.create().update(signed.toString('latin1')).digest().getBytes()
  const set = forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SET, true, raw.authenticatedAttributes)
  const der = forge.asn1.toDer(set).getBytes()
  if (!der.includes(digest)) throw new Error('the signature is of other bytes')
  const own = forge.pki.certificateFromPem(chain.certificate)
  const attributes = forge.md.sha1.create().update(der).digest().getBytes()
  if (!(own.publicKey as forge.pki.rsa.PublicKey).verify(attributes, raw.signature))
    throw new Error('the signature is of another key')
  const held = message.certificates.map((one) => forge.pki.certificateToPem(one))
  for (const pem of [chain.certificate, chain.authority])
    if (!held.includes(pem)) throw new Error('a certificate of the chain is missing')
}
