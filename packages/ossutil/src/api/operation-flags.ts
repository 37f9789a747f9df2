import type {
  Field,
  HeaderField,
  Operation,
  PayloadField,
  QueryField,
  XmlField,
} from '@openoss/protocol';
import type { FlagDefinition } from '../arguments/flag-definition.js';

/** A field of an operation's input and the flag that stands for it. */
export interface OperationFlag {
  readonly property: string;
  readonly field: Field;
  readonly flag: FlagDefinition;
}

/** `contentType` as the command line writes it: `content-type`. */
function kebabCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flag's help: the field's sentence, as help has them without a full stop. */
function helpOf(doc: string): string {
  return doc.replace(/\.$/, '');
}

// What is legal is the service's to say, in its own words: a value that a flag names here is shown in
// help, not enforced. It may also know more than we do.
function textFlag(name: string, field: HeaderField | QueryField): FlagDefinition {
  const { codec, doc, required } = field;
  const help = helpOf(doc);
  switch (codec.type) {
    case 'boolean':
      return { name, type: 'bool', help, required, optionalBooleanToken: true };
    case 'integer':
      return { name, type: 'int', help, required };
    case 'string':
    case 'time': {
      const values = codec.values?.map((value) => `"${value}"`).join(',');
      const known =
        values === undefined || help.includes(codec.values?.[0] ?? '') ? '' : `: ${values}`;
      return { name, type: 'string', help: help + known, required, knownValues: codec.values };
    }
  }
}

/** The help of a flag whose value may stand elsewhere than on the command line. */
function helpOfSourced({ kind, doc }: PayloadField | XmlField): string {
  const form = kind === 'payload' ? 'a text' : doc.includes('XML or JSON') ? '' : 'XML or JSON';
  const sources = [form, 'file://PATH', 'or - for standard input'].filter((part) => part !== '');
  return `${helpOf(doc)} (${sources.join(', ')})`;
}

function flagOf(name: string, field: Field): FlagDefinition {
  switch (field.kind) {
    case 'header':
    case 'query':
      return textFlag(name, field);
    case 'headerMap':
      return { name, type: 'stringArray', help: helpOf(field.doc) };
    case 'payload':
    case 'xml':
      return {
        name,
        type: 'string',
        help: helpOfSourced(field),
        required: field.required,
        completesFiles: true,
      };
  }
}

/** The flags of an operation's own input; bucket and key are not among them. */
export function operationFlags(operation: Operation): readonly OperationFlag[] {
  return Object.entries(operation.input)
    .filter(([, field]) => field.flag !== false)
    .map(([property, field]) => {
      const name = typeof field.flag === 'string' ? field.flag : kebabCase(property);
      return { property, field, flag: flagOf(name, field) };
    });
}

/** The flags that say what an operation works on. */
export function targetFlags(operation: Operation): readonly FlagDefinition[] {
  const { on } = operation.match;
  if (on === 'service') return [];
  const bucket: FlagDefinition = {
    name: 'bucket',
    type: 'string',
    help: 'The name of the bucket',
    required: true,
  };
  if (on === 'bucket') return [bucket];
  return [
    bucket,
    { name: 'key', type: 'string', help: 'The full path of the object', required: true },
  ];
}
