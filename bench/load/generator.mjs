/**
 * The load generator's process, started by `load-generator.mjs`, which it obeys over the channel that
 * `fork` opens. A process of its own: its work must not share an event loop with anything measured.
 */
import { LoadRun } from './load-run.mjs';

/**
 * @typedef {{ do: 'prepare', plan: import('./load-run.mjs').LoadPlan }
 *   | { do: 'run', seconds: number }
 *   | { do: 'stop' }} Order
 */

/** @type {LoadRun | undefined} */
let run;

process.on('message', (/** @type {Order} */ order) => {
  obey(order).catch((error) => {
    process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  });
});
process.on('disconnect', () => process.exit());

/** @param {Order} order */
async function obey(order) {
  switch (order.do) {
    case 'prepare':
      run = undefined;
      run = new LoadRun(order.plan);
      // What building left behind is collected now and not while the clock runs.
      globalThis.gc?.();
      process.send?.({ prepared: true });
      return;
    case 'run': {
      if (run === undefined) throw new Error('There is nothing prepared to run');
      const result = await run.run(order.seconds);
      run = undefined;
      process.send?.({ result });
      return;
    }
    case 'stop':
      run?.stop();
  }
}
