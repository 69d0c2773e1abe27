import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, boolean, integer, octets, oid, sequence, set, tagged, taggedBytes, utcTime, utf8 } from './der.ts';

/** What one start of the sandbox proves itself with. All PEM, none of it ever on disk but the authority in the kubeconfig. */
export interface SandboxCertificate {
  /** Clients trust this one. Its own key is gone by the time anybody reads it. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 60 * 60 * 1000;
const validFor = 7 * day;

/** Clocks of one machine agree, but a certificate that starts this very second is refused by a client that rounds down. */
const leeway = 60 * 1000;

/**
 * A certificate authority made for this start alone, and a certificate of it for the loopback names, valid for 7 days.
 * Node can sign but not issue, so the certificates are written here (RFC 5280, ECDSA with P-256 and SHA-256).
 */
export function issueSandboxCertificate(now: Date): SandboxCertificate {
  const period = { from: new Date(now.getTime() - leeway), to: new Date(now.getTime() + validFor) };
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authorityName = name('kubectl-vmsvc sandbox authority');
  const authorityCertificate = certificate({
    issuer: authorityName,
    subject: authorityName,
    key: authority.publicKey,
    signer: authority.privateKey,
    period,
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true), integer(Buffer.from([0])))),
      extension('2.5.29.15', true, bits(Buffer.from([0b00000110]), 1)),
      extension('2.5.29.14', false, octets(keyId(authority.publicKey))),
    ],
  });
  const serverCertificate = certificate({
    issuer: authorityName,
    subject: name('kubectl-vmsvc sandbox'),
    key: server.publicKey,
    signer: authority.privateKey,
    period,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bits(Buffer.from([0b10000000]), 7)),
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, loopbackNames()),
      extension('2.5.29.35', false, sequence(taggedBytes(0, keyId(authority.publicKey)))),
    ],
  });
  return {
    authority: pem(authorityCertificate),
    certificate: pem(serverCertificate),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface CertificateParts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly period: { readonly from: Date; readonly to: Date };
  readonly extensions: readonly Buffer[];
}

function certificate({ issuer, subject, key, signer, period, extensions }: CertificateParts): Buffer {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const version3 = tagged(0, integer(Buffer.from([2])));
  const serial = integer(randomBytes(16));
  const validity = sequence(utcTime(period.from), utcTime(period.to));
  const statement = sequence(version3, serial, ecdsaWithSha256, issuer, validity, subject, spki(key), tagged(3, sequence(...extensions)));
  return sequence(statement, ecdsaWithSha256, bits(sign('sha256', statement, signer)));
}

/** A name of one part: the common name. */
function name(commonName: string): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

/** The subject alternative names: everything that a client on this machine may have dialled. */
function loopbackNames(): Buffer {
  const dnsName = 2;
  const ipAddress = 7;
  return sequence(
    taggedBytes(dnsName, Buffer.from('localhost', 'latin1')),
    taggedBytes(ipAddress, Buffer.from([127, 0, 0, 1])),
    taggedBytes(ipAddress, Buffer.from([...Array<number>(15).fill(0), 1])),
  );
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(spki(key)).digest();
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
