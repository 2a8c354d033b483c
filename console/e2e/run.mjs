// npm run e2e: BASE_URL, EMAIL, PASSWORD say where and as whom; SCREENSHOTS (a folder) and CHROMIUM (the browser's
// executable) may be given. With --fixture it runs against made-up answers and the console built in dist/.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startFixtureServer } from './fixture-server.mjs';
import { goTheWay } from './way.mjs';

const fail = (line) => {
  console.error(line);
  process.exit(1);
};

const { BASE_URL, EMAIL, PASSWORD, CHROMIUM = '/usr/bin/chromium' } = process.env;
const folder = process.env.SCREENSHOTS ?? fileURLToPath(new URL('screenshots', import.meta.url));
const withFixture = process.argv.includes('--fixture');

if (!existsSync(CHROMIUM))
  fail(`no browser at ${CHROMIUM}: install it (Debian: apt-get install chromium) or set CHROMIUM`);
if (!withFixture && !(BASE_URL && EMAIL && PASSWORD)) fail('set BASE_URL, EMAIL and PASSWORD, or give --fixture');

const fixture = withFixture ? await startFixtureServer(fileURLToPath(new URL('../dist', import.meta.url))) : null;
try {
  const { pictures, complaints } = await goTheWay({
    baseUrl: (fixture?.url ?? BASE_URL).replace(/\/$/, ''),
    email: EMAIL ?? 'dana@example.com',
    password: PASSWORD ?? 'fixture',
    folder,
    executablePath: CHROMIUM,
    log: console.log,
  });
  if (complaints.length > 0) {
    fail(`the browser complained:\n${[...new Set(complaints)].join('\n')}`);
  }
  console.log(`${pictures.length} pictures in ${folder}`);
} catch (error) {
  fail(`the way through the console failed: ${error.message}`);
} finally {
  await fixture?.stop();
}
