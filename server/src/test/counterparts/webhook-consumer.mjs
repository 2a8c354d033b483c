// Somebody's program that takes webhooks: what the library of Standard Webhooks verifies is answered by 204, the rest by 400.
// Told its secret on a line of standard input; prints its port, then a line for each call.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';

let webhook;
createInterface({ input: process.stdin })
  .on('line', (secret) => (webhook = new Webhook(secret)))
  .on('close', () => process.exit(0));

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
    const call = { id, timestamp, signature, body };
    try {
      const verified = webhook.verify(body, request.headers);
      console.log(JSON.stringify({ ...call, verified }));
      response.writeHead(204).end();
    } catch (refused) {
      console.log(JSON.stringify({ ...call, refused: refused.message }));
      response.writeHead(400).end();
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
