/** @module Everything that is measured, in the order in which it is. */
import { commandLine } from './command-line.mjs';
import { encryption } from './encryption.mjs';
import { generatorCeiling } from './generator-ceiling.mjs';
import { get } from './get.mjs';
import { list } from './list.mjs';
import { memory } from './memory.mjs';
import { permissions } from './permissions.mjs';
import { putLarge } from './put-large.mjs';
import { putCeph, putSmall } from './put-small.mjs';
import { responsiveness } from './responsiveness.mjs';

/** @type {readonly import('../workbench.mjs').Workload[]} */
export const workloads = [
  generatorCeiling,
  putSmall,
  putCeph,
  permissions,
  putLarge,
  get,
  encryption,
  list,
  memory,
  responsiveness,
  commandLine,
];
