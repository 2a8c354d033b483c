import script from './snippet.js?raw';

/** One way to send, ready to be pasted. */
export interface Recipe {
  id: 'page' | 'segmentBrowser' | 'rudderBrowser' | 'curl' | 'node' | 'java' | 'python';
  code: string;
}

/** What stands in a recipe in the place of a key that was shown before and cannot be shown again. */
export const PLACEHOLDER = 'YOUR_WRITE_KEY';

const host = (server: string) => server.replace(/^https?:\/\//, '');

/** How to send to this server with this key. */
export function recipes(server: string, key: string = PLACEHOLDER): Recipe[] {
  return [
    {
      id: 'page',
      code: `<script>
${script.trim().replace('REKINDLE_SERVER', server).replace('REKINDLE_WRITE_KEY', key)}
rekindle.page();
</script>`,
    },
    {
      id: 'segmentBrowser',
      code: `// npm install @segment/analytics-next
import { AnalyticsBrowser } from '@segment/analytics-next';

export const analytics = AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${server}' });
analytics.page();
analytics.identify('user-1', { email: 'someone@example.com' });
analytics.track('Product Viewed', { product_id: 'p1', price: 9.95 });`,
    },
    {
      id: 'rudderBrowser',
      code: `// npm install @rudderstack/analytics-js
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';

export const analytics = new RudderAnalytics();
analytics.load('${key}', '${server}', { configUrl: '${server}/v1' });
analytics.page();`,
    },
    {
      id: 'curl',
      code: `curl -u '${key}:' '${server}/v1/batch?strict=true' \\
  -H 'Content-Type: application/json' \\
  -d '{"batch":[{"type":"track","userId":"user-1","event":"Order Completed","messageId":"order-1001",
       "properties":{"order_id":"1001","total":19.90,"currency":"EUR"}}]}'`,
    },
    {
      id: 'node',
      code: `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${key}', host: '${server}' });
analytics.track({ userId: 'user-1', event: 'Order Completed', properties: { order_id: '1001', total: 19.9 } });
await analytics.closeAndFlush();`,
    },
    {
      id: 'java',
      code: `// com.segment.analytics.java:analytics:3.5.4
var analytics = Analytics.builder("${key}").endpoint("${server}").build();
analytics.enqueue(TrackMessage.builder("Order Completed")
    .userId("user-1")
    .properties(Map.of("order_id", "1001", "total", 19.90)));
analytics.flush();`,
    },
    {
      id: 'python',
      code: `import json, urllib.request

call = urllib.request.Request(
    "${server}/v1/batch",
    json.dumps({"writeKey": "${key}", "batch": [{
        "type": "track", "userId": "user-1", "event": "Order Completed", "messageId": "order-1001",
        "properties": {"order_id": "1001", "total": 19.90}}]}).encode(),
)
urllib.request.urlopen(call)  # an answer of 200: it is on disk. ${host(server)} counts a messageId once.`,
    },
  ];
}
