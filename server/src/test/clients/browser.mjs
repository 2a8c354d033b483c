// node browser.mjs <client> <server> <write key> <mark>: plays a page of a shop in a headless Chromium (CHROMIUM names
// it); the page stands at another address than the server, as in life. Prints the message id of every event sent.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [client, server, writeKey, mark] = process.argv.slice(2);
const file = (path) => readFile(new URL(path, import.meta.url));
const calls = `
  client.identify('user-${mark}', { email: '${mark}@example.com', plan: 'gold' });
  client.track('Product Viewed', { product_id: 'p1', price: 9.95 });
  client.page('Home');
`;
const CLIENTS = {
  segment: {
    script: 'node_modules/@segment/analytics-next/dist/umd/index.js',
    events: 4,
    page: `
      window.client = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${server}' });
      ${calls} client.group('g-${mark}', { plan: 'pro' });`,
  },
  'segment-batching': {
    script: 'node_modules/@segment/analytics-next/dist/umd/index.js',
    events: 3,
    page: `
      window.client = window.AnalyticsNext.AnalyticsBrowser.load(
        { writeKey: '${writeKey}', cdnURL: '${server}' },
        { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 500 } } } } },
      );
      ${calls}`,
  },
  // Rekindle's own, as the console shows it.
  snippet: {
    script: '../../../../console/src/features/collect/snippet.js',
    events: 4,
    page: `
      window.client = window.rekindle;
      client.page('Landing');
      ${calls}`,
  },
  rudderstack: {
    script: 'node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js',
    events: 3,
    page: `
      window.client = new window.rudderanalytics.RudderAnalytics();
      client.load('${writeKey}', '${server}', { configUrl: '${server}/v1' });
      ${calls}`,
  },
};
const wanted = CLIENTS[client];
const site = createServer(async (request, response) => {
  if (request.url === '/client.js') {
    response.setHeader('Content-Type', 'text/javascript');
    const script = (await file(wanted.script)).toString();
    response.end(script.replace('REKINDLE_SERVER', server).replace('REKINDLE_WRITE_KEY', writeKey));
  } else if (request.url === '/') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>shop</title><script src="/client.js"></script><script>${wanted.page}</script>`);
  } else {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
const sent = new Map();
const answers = [];
const page = await browser.newPage();
page.on('console', (message) => console.error(`browser: ${message.text()}`));
page.on('pageerror', (error) => console.error(`browser: ${error.message}`));
page.on('response', (response) => {
  if (!response.url().startsWith(server)) return;
  answers.push(`${response.request().method()} ${response.url()} ${response.status()}`);
  if (response.request().method() !== 'POST' || response.status() !== 200) return;
  const body = JSON.parse(response.request().postData());
  const type = new URL(response.url()).pathname.split('/').pop();
  for (const item of body.batch ?? [body]) sent.set(item.messageId, item.type ?? type);
});
await page.goto(`http://127.0.0.1:${site.address().port}/`);
const deadline = Date.now() + 15_000;
while (sent.size < wanted.events && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 25));
await browser.close();
site.close();
if (sent.size < wanted.events) {
  console.error(`only ${sent.size} of ${wanted.events} events were taken; the server answered:\n${answers.join('\n')}`);
  process.exit(1);
}
for (const [id, type] of sent) console.log(`sent ${type} ${id}`);
process.exit(0);
