/**
 * Fails when a production dependency has a known advisory: `npm audit --omit=dev`. A registry that offers
 * no advisories (mirrors often do not) is told as such, in a line, and is no failure: nothing was learned.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = readReport(error === undefined ? stdout : '');

if (report.vulnerabilities === undefined) {
  const why = error?.message ?? report.message ?? report.error?.summary ?? 'no report';
  console.log(`skipped: the registry offers no advisories (${why})`);
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range, via } of found) {
    const titles = via.map((cause) => (typeof cause === 'string' ? cause : cause.title));
    console.error(`${name} ${range}: ${severity}: ${titles.join('; ')}`);
  }
  console.log(`production dependencies with a known advisory: ${found.length}`);
  if (found.length > 0) process.exitCode = 1;
}

function readReport(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
