import { createHmac, randomBytes } from 'node:crypto';
import type { SealedRecord, Sealing, SealingCipher } from '../sealing/sealing.js';

// What a key management service does for the server, for tests and for the programs they kill.

const MASTER_KEY = Buffer.from('the key that all tests have');

/** A fresh data key, in an envelope that only tells which one it is. */
export function testSealing(cipher: SealingCipher): Sealing {
  const envelope = Buffer.concat([Buffer.from('data key '), randomBytes(16)]);
  return { cipher, dataKey: dataKeyOf(cipher, envelope), envelope };
}

/** Opens the envelopes that {@link testSealing} made. */
export async function openTestEnvelope({ sealing }: SealedRecord): Promise<Buffer> {
  return dataKeyOf(sealing.cipher, sealing.envelope);
}

function dataKeyOf(cipher: SealingCipher, envelope: Uint8Array): Buffer {
  const key = createHmac('sha256', MASTER_KEY).update(envelope).digest();
  return key.subarray(0, cipher === 'AES256' ? 32 : 16);
}
