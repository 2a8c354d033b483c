// node segment-node.mjs <server> <write key> <mark>: one of each call; prints the message id of every event sent.
import { Analytics } from '@segment/analytics-node';

const [host, writeKey, mark] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, flushAt: 4, flushInterval: 100 });
const userId = `user-${mark}`;
const sent = (call, event) =>
  new Promise((resolve, reject) =>
    analytics[call](event, (error, context) => (error ? reject(error) : resolve(context.event))),
  );
const events = [
  ['identify', { userId, traits: { email: `${mark}@example.com`, name: '张三', plan: 'gold' } }],
  [
    'track',
    {
      userId,
      event: 'Order Completed',
      timestamp: new Date('2026-01-02T03:04:05.678Z'),
      properties: { order_id: `o-${mark}`, revenue: 19.9, products: [{ product_id: 'p1', price: 9.95, quantity: 2 }] },
    },
  ],
  ['track', { anonymousId: `anonymous-${mark}`, event: 'Cart Viewed' }],
  ['page', { userId, name: 'Home', properties: { path: '/' } }],
  ['screen', { userId, name: 'Main' }],
  ['group', { userId, groupId: `g-${mark}`, traits: { plan: 'pro' } }],
  ['alias', { userId, previousId: `anonymous-${mark}` }],
];
const all = Promise.all(events.map(([call, event]) => sent(call, event)));
await analytics.closeAndFlush();
for (const event of await all) console.log(`sent ${event.type} ${event.messageId}`);
