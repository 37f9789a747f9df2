/**
 * The `ossutil` program. This is the only module that touches the process it runs in; everything
 * below it works on a `ProgramEdge`.
 *
 * Nothing heavy may be imported here, directly or not: the program has to start about as fast as
 * Node.js itself. Commands load what they need when they run (`main.test.ts` watches over that).
 */
import { operationLoaders } from '@openoss/protocol';
import { operationCommand } from './api/operation-command.js';
import { globalFlags } from './program/global-flags.js';
import { processEdge } from './program/process-edge.js';
import { apiCommand, rootCommand } from './program/root-command.js';
import { runProgram } from './program/run-program.js';

const edge = processEdge(process);

const operations = Object.entries(operationLoaders).map(([name, load]) =>
  operationCommand(name, load),
);

runProgram(rootCommand([apiCommand(operations)]), globalFlags, edge).then((exitCode) => {
  process.exitCode = exitCode;
  // A command that was interrupted may leave sockets open; they must not keep the process.
  if (edge.interruption.aborted) process.exit(exitCode);
});
