import { Crc64, type RunningCrc64 } from '@openoss/protocol';

/** From how many bytes on a body pays for loading the faster reckoning. */
const LARGE_BODY_BYTES = 8 * 1024 * 1024;

/**
 * Begins the CRC-64/XZ of a body of so many bytes, undefined where nobody knows. A large one is reckoned
 * in WebAssembly, which takes a tenth of the time and some milliseconds to make.
 */
export async function startCrc64(bytes: number | undefined): Promise<RunningCrc64> {
  if (bytes !== undefined && bytes < LARGE_BODY_BYTES) return new Crc64();
  const { Crc64Engine } = await import('@openoss/protocol');
  return Crc64Engine.shared().start();
}
