/** Removes what the build wrote, so that the next build starts from the sources alone. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const packages = path.join(import.meta.dirname, '..', 'packages');
for (const name of readdirSync(packages)) {
  rmSync(path.join(packages, name, 'dist'), { recursive: true, force: true });
}
