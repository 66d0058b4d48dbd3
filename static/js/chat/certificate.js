/**
 * The certificate of one conversation's calls, and its fingerprint, which both
 * sides commit to before they reveal anything.
 */

import { fingerprintBytes, fingerprintIn } from './fingerprints.js';

/** @import { Bytes } from '../lib/bytes.js' */
/** @import { Platform } from './types.js' */

/** @typedef {{certificate: RTCCertificate | null, fingerprint: Bytes}} CallIdentity */
/** @typedef {Pick<Platform, 'makeCertificate' | 'openPeer'>} CallPlatform */

const FINGERPRINT_BYTES = 32;

/**
 * @param {CallPlatform} platform
 * @returns {Promise<CallIdentity>} zeros say "no calls from me": this browser has none
 */
export async function prepareCallIdentity(platform) {
  try {
    return await makeIdentity(platform);
  } catch {
    return noCalls();
  }
}

/** @returns {CallIdentity} */
function noCalls() {
  return { certificate: null, fingerprint: new Uint8Array(FINGERPRINT_BYTES) };
}

/** @param {CallPlatform} platform @returns {Promise<CallIdentity>} */
async function makeIdentity({ makeCertificate, openPeer }) {
  if (!makeCertificate || !openPeer) {
    return noCalls();
  }
  const certificate = await makeCertificate();
  const fingerprint =
    listedFingerprint(certificate) ?? (await offeredFingerprint(openPeer, certificate));
  return fingerprint ? { certificate, fingerprint } : noCalls();
}

/** @param {RTCCertificate} certificate @returns {Bytes | null} */
function listedFingerprint(certificate) {
  const listed = certificate.getFingerprints?.() ?? [];
  const entry = listed.find((each) => each.algorithm?.toLowerCase() === 'sha-256');
  return entry?.value ? fingerprintBytes(entry.value) : null;
}

/**
 * For browsers whose certificates do not list their fingerprints: read it from an
 * offer that is thrown away.
 *
 * @param {NonNullable<Platform['openPeer']>} openPeer
 * @param {RTCCertificate} certificate
 * @returns {Promise<Bytes | null>}
 */
async function offeredFingerprint(openPeer, certificate) {
  const connection = openPeer({ certificates: [certificate] });
  try {
    connection.createDataChannel('');
    const offer = await connection.createOffer();
    return fingerprintIn(offer.sdp ?? '');
  } finally {
    connection.close();
  }
}
