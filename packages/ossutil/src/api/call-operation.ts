import { type Operation, SpentChunks } from '@openoss/protocol';
import { resolveSettings, type Settings } from '../configuration/settings.js';
import { openLog, secretsOf } from '../log/open-log.js';
import { compileOutputQuery } from '../output/output-query.js';
import { renderAnswer } from '../output/render-answer.js';
import type { CommandContext } from '../program/command-node.js';
import type { ProgramEdge } from '../program/program-edge.js';
import { literalBodyHint } from '../values/body-source.js';
import { callFailure } from './call-failure.js';
import { operationFlags } from './operation-flags.js';
import { operationInput, operationTarget } from './operation-input.js';
import { serviceClient } from './service-client.js';
import { TransferDisplay } from './transfer-progress.js';

type ServiceClient = Awaited<ReturnType<typeof serviceClient>>;
type ServiceAnswer = Awaited<ReturnType<ServiceClient['exchange']>>;

/**
 * Runs `ossutil api <operation>`: everything that can be found wrong here is found before anything is
 * sent; then one call, and its answer on standard output.
 */
export async function callOperation(operation: Operation, context: CommandContext): Promise<void> {
  const { arguments: parsed, edge } = context;
  const settings = await resolveSettings({ ...edge, arguments: parsed });
  const { outputFormat: format, outputQuery } = settings;
  const query = outputQuery === undefined ? undefined : await compileOutputQuery(outputQuery);
  const { bucket } = operationTarget(operation, parsed);
  const input = await operationInput(operation, parsed, edge);
  await hintAtFiles(operation, context, settings);

  const secrets = secretsOf(settings.credentials);
  const logger = openLog(settings, edge, secrets);
  const ended = new AbortController();
  const client = await serviceClient({
    ...{ settings, bucket, logger, secrets, ended: ended.signal, edge },
  });
  const display = new TransferDisplay(edge, settings.quiet);
  const spent = new SpentChunks();
  try {
    if (settings.dryRun) {
      await edge.stdout.write(dryRun(client.preview(operation, input)));
      return;
    }
    const answer = await client.exchange(operation, input, {
      signal: edge.interruption,
      onProgress: (progress) => {
        display.update(progress);
        spent.transferred(progress.bytes);
      },
      onRetry: (retry) => display.retrying(retry),
    });
    // What comes next may go to the same terminal.
    await display.finish();
    // The bytes of an object are nobody's to convert, not even where they are JSON.
    const convertible = format !== 'raw' && !answersBytes(operation);
    if (!convertible && query === undefined) await writeRaw(answer, edge);
    else {
      const rendered = await renderAnswer(
        { body: await wholeBody(answer), headers: answer.rawHeaders },
        { format, query },
      );
      await edge.stdout.write(rendered);
    }
  } catch (error) {
    throw callFailure(error, settings, bucket);
  } finally {
    await display.finish();
    client.close();
    ended.abort();
  }
}

/** Whether an operation answers the bytes of an object. */
function answersBytes({ output }: Operation): boolean {
  return Object.values(output).some(({ kind }) => kind === 'payload');
}

/** `raw` is exactly what the service sent, as it comes. */
async function writeRaw({ body }: ServiceAnswer, edge: ProgramEdge): Promise<void> {
  for await (const chunk of body) await edge.stdout.write(chunk);
}

async function wholeBody({ body }: ServiceAnswer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Says on standard error when a text that is uploaded as it stands is the name of a file. */
async function hintAtFiles(
  operation: Operation,
  { arguments: parsed, edge }: CommandContext,
  { quiet }: Settings,
): Promise<void> {
  if (quiet) return;
  for (const { field, flag } of operationFlags(operation)) {
    if (field.kind !== 'payload') continue;
    const hint = await literalBodyHint(parsed.string(flag.name), flag.name, edge);
    if (hint !== undefined) await edge.stderr.write(`Hint: ${hint}\n`);
  }
}

/** What `--dry-run` shows: the request that would be signed and sent. */
function dryRun(request: ReturnType<ServiceClient['preview']>): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\n`);
  return `Dry run, nothing was sent:\n${request.method} ${request.url}\n${headers.join('')}`;
}
