// node rudderstack-node.mjs <server> <write key> <mark>: one of each call; prints the message id of every event sent.
import RudderAnalytics from '@rudderstack/rudder-sdk-node';

const [dataPlaneUrl, writeKey, mark] = process.argv.slice(2);
const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl, flushAt: 3, flushInterval: 100 });
const userId = `user-${mark}`;
const send = (call, event) => {
  const messageId = `${mark}-${call}`;
  analytics[call]({ ...event, messageId });
  console.log(`sent ${call} ${messageId}`);
};
send('identify', { userId, traits: { email: `${mark}@example.com`, name: '张三', plan: 'gold' } });
send('track', {
  userId,
  event: 'Order Completed',
  timestamp: new Date('2026-01-02T03:04:05.678Z'),
  properties: { order_id: `o-${mark}`, revenue: 19.9 },
});
send('page', { userId, name: 'Home', properties: { path: '/' } });
send('screen', { userId, name: 'Main' });
send('group', { userId, groupId: `g-${mark}`, traits: { plan: 'pro' } });
send('alias', { userId, previousId: `anonymous-${mark}` });
await analytics.flush();
await new Promise((resolve) => setTimeout(resolve, 300));
await analytics.flush();
process.exit(0);
