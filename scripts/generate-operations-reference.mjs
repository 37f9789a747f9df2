/**
 * Writes docs/operations: a page for each operation, from its description and the error catalogue.
 *
 *   node scripts/generate-operations-reference.mjs           write them
 *   node scripts/generate-operations-reference.mjs --check   exit 1 when one is not what it would write
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCatalogue, operationLoaders, operations } from '@openoss/protocol';

const folder = path.join(import.meta.dirname, '..', 'docs', 'operations');
const notice =
  '<!-- Written by `npm run generate` from packages/protocol/src/operations. Do not edit. -->\n\n';

const commandNames = new Map();
for (const [command, load] of Object.entries(operationLoaders))
  commandNames.set((await load()).name, command);

/** A Markdown table; cells are escaped, rows are padded by nobody: a diff shows what changed. */
function table(head, rows) {
  if (rows.length === 0) return '';
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

const code = (text) => `\`${text}\``;

function requestLine({ match }) {
  const target = { service: '/', bucket: '/{bucket}', object: '/{bucket}/{key}' }[match.on];
  const query = Object.entries(match.query ?? {})
    .map(([name, value]) => (value === null ? name : `${name}=${value}`))
    .join('&');
  return `${match.method} ${target}${query === '' ? '' : `?${query}`}`;
}

function wireName(field) {
  switch (field.kind) {
    case 'header':
      return `header ${code(field.name)}`;
    case 'query':
      return `query ${code(field.name)}`;
    case 'headerMap':
      return field.prefix === '' ? 'other headers' : `headers ${code(`${field.prefix}*`)}`;
    case 'payload':
      return 'body';
    case 'xml':
      return `body, ${code(`<${field.shape.root}>`)}`;
  }
}

function flagOf(property, field) {
  if (field.flag === false) return '';
  if (typeof field.flag === 'string') return code(`--${field.flag}`);
  return code(`--${property.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}

function valueTypeOf(field) {
  if (field.kind === 'headerMap') return 'string';
  if (field.kind === 'payload') {
    return field.maxBytes === undefined
      ? 'bytes'
      : `bytes, at most ${field.maxBytes / 1024 ** 3} GiB`;
  }
  if (field.kind === 'xml') return 'XML';
  return field.codec.values === undefined
    ? field.codec.type
    : field.codec.values.map(code).join(', ');
}

function fieldDoc(field) {
  const notes = [];
  if (field.required) notes.push('Required.');
  if (field.notImplemented)
    notes.push('Refused with `NotImplemented`, never accepted and ignored.');
  return [field.doc, ...notes].join(' ');
}

function xmlOutline(shape) {
  const lines = [];
  const element = (name, content, depth, mark) => {
    const pad = '  '.repeat(depth);
    if (content.kind === 'text') {
      const value = content.codec.values?.join(' | ') ?? content.codec.type;
      lines.push(`${pad}<${name}>${value}</${name}>${mark}`);
      return;
    }
    lines.push(`${pad}<${name}>${mark}`);
    for (const member of Object.values(content.members)) {
      const wrapper = member.repeated?.wrapper;
      const inner = wrapper === undefined ? depth + 1 : depth + 2;
      if (wrapper !== undefined) lines.push(`${pad}  <${wrapper}>`);
      const memberMark = member.repeated ? '  (any number)' : member.optional ? '  (optional)' : '';
      element(member.name, member.content, inner, memberMark);
      if (wrapper !== undefined) lines.push(`${pad}  </${wrapper}>`);
    }
    lines.push(`${pad}</${name}>`);
  };
  element(shape.root, shape.content, 0, '');
  return `\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;
}

function page(operation) {
  const inputs = Object.entries(operation.input);
  const outputs = Object.entries(operation.output);
  const parts = [
    `${notice}# ${operation.name}\n`,
    `${operation.doc}\n`,
    `${code(requestLine(operation))} → ${operation.success.join(', ')}\n`,
    `On the command line: ${code(`ossutil api ${commandNames.get(operation.name)}`)}\n`,
  ];
  if (inputs.length > 0) {
    const rows = inputs.map(([property, field]) => [
      wireName(field),
      flagOf(property, field),
      code(property),
      valueTypeOf(field),
      fieldDoc(field),
    ]);
    parts.push('## Request\n', table(['on the wire', 'ossutil', 'TypeScript', 'value', ''], rows));
    for (const [, field] of inputs) if (field.kind === 'xml') parts.push(xmlOutline(field.shape));
  }
  if (outputs.length > 0) {
    const rows = outputs.map(([property, field]) => [
      wireName(field),
      code(property),
      valueTypeOf(field),
      fieldDoc(field),
    ]);
    parts.push('## Answer\n', table(['on the wire', 'TypeScript', 'value', ''], rows));
    for (const [, field] of outputs) if (field.kind === 'xml') parts.push(xmlOutline(field.shape));
  }
  parts.push(
    '## Permissions\n',
    table(
      ['action', 'needed'],
      [
        ...operation.actions.map(({ action, when }) => [
          code(action),
          when === undefined ? 'always' : `when ${when}`.replace('when on', 'on'),
        ]),
        ...operation.keyActions.map((action) => [
          code(action),
          'on the key, when the object is encrypted with KMS',
        ]),
      ],
    ),
  );
  if (operation.errors.length > 0) {
    const rows = operation.errors.map((kind) => {
      const { code: name, status, ec = '', message } = errorCatalogue[kind];
      return [code(name), status, ec, message];
    });
    parts.push(
      '## Errors\n',
      'Besides those that any request can meet:\n',
      table(['code', 'status', 'EC', 'message'], rows),
    );
  }
  if (operation.examples.length > 0) {
    parts.push('## Examples\n');
    for (const { doc, command } of operation.examples)
      parts.push(`${doc}\n`, `\`\`\`sh\n${command}\n\`\`\`\n`);
  }
  return parts.join('\n');
}

const pages = new Map(
  operations.map((operation) => [`${commandNames.get(operation.name)}.md`, page(operation)]),
);
pages.set(
  'README.md',
  `${notice}# Operations\n\n${table(
    ['operation', 'request', ''],
    operations.map((operation) => [
      `[${operation.name}](${commandNames.get(operation.name)}.md)`,
      code(requestLine(operation)),
      operation.doc,
    ]),
  )}`,
);

const check = process.argv.includes('--check');
let stale = 0;
await mkdir(folder, { recursive: true });
for (const [name, text] of pages) {
  const file = path.join(folder, name);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === text) continue;
  stale += 1;
  if (check) console.error(`docs/operations/${name} is stale: run \`npm run generate\``);
  else await writeFile(file, text);
}
for (const name of await readdir(folder)) {
  if (pages.has(name)) continue;
  stale += 1;
  if (check)
    console.error(`docs/operations/${name} describes no operation: run \`npm run generate\``);
  else await rm(path.join(folder, name));
}
if (check && stale > 0) process.exitCode = 1;
