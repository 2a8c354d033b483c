// Installs the locked packages, unless the installed ones are already as new as the lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
if (existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs) {
  process.exit(0);
}
const run = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: 'inherit' });
if (run.error) {
  console.error(`npm could not be started (${run.error.message}); install Node 20.19 or newer with npm`);
}
process.exit(run.status ?? 1);
