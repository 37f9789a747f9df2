/**
 * Ends a vitest run with one plain line, `N passed, N failed[, N skipped]`, so that a script (or a
 * person) that reads only the last line of a log knows whether tests ran at all.
 */
export default class ClosingLineReporter {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state in count) count[state] += 1;
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.on('exit', () => {
      console.log(`tests: ${count.passed} passed, ${count.failed} failed${skipped}`);
    });
  }
}
