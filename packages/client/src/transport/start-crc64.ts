import { Crc64, type Crc64Engine, type RunningCrc64 } from '@openoss/protocol';

/** From how many bytes on a body pays for loading the faster reckoning. */
const LARGE_BODY_BYTES = 8 * 1024 * 1024;

let engine: Promise<Crc64Engine> | undefined;

/**
 * Begins the CRC-64/XZ of a body of so many bytes, undefined where nobody knows. A large one is reckoned
 * in WebAssembly, which takes a tenth of the time and some milliseconds to make.
 */
export async function startCrc64(bytes: number | undefined): Promise<RunningCrc64> {
  if (bytes !== undefined && bytes < LARGE_BODY_BYTES) return new Crc64();
  engine ??= loadEngine();
  return (await engine).start();
}

async function loadEngine(): Promise<Crc64Engine> {
  const { Crc64Engine } = await import('@openoss/protocol');
  return new Crc64Engine();
}
