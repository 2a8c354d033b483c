(function (host, key) {
  var memory = window.localStorage;
  var random = function () {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, '0');
    }).join('');
  };
  var read = function (name) {
    return JSON.parse(memory.getItem('rekindle.' + name) || 'null');
  };
  var write = function (name, value) {
    memory.setItem('rekindle.' + name, JSON.stringify(value));
  };
  var sending = false;
  // What was not taken stays in the browser and is sent again; a message id counts once however often it comes.
  var flush = function () {
    var waiting = read('queue') || [];
    if (sending || waiting.length === 0) return;
    sending = true;
    var batch = waiting.slice(0, 20);
    var again = function (seconds) {
      sending = false;
      window.setTimeout(flush, seconds * 1000);
    };
    fetch(host + '/v1/batch', {
      method: 'POST',
      keepalive: true,
      headers: { 'Content-Type': 'text/plain' },
      body: JSON.stringify({ writeKey: key, batch: batch, sentAt: new Date().toISOString() }),
    }).then(
      function (answer) {
        if (answer.status === 429 || answer.status >= 500) return again(10);
        var sent = batch.map(function (item) {
          return item.messageId;
        });
        write(
          'queue',
          (read('queue') || []).filter(function (item) {
            return sent.indexOf(item.messageId) < 0;
          }),
        );
        again(0);
      },
      function () {
        again(10);
      },
    );
  };
  var send = function (type, fields) {
    if (!read('anonymousId')) write('anonymousId', random());
    var item = {
      type: type,
      messageId: random(),
      timestamp: new Date().toISOString(),
      anonymousId: read('anonymousId'),
      context: {
        library: { name: 'rekindle-snippet', version: '1' },
        locale: navigator.language,
        page: { path: location.pathname, url: location.href, referrer: document.referrer, title: document.title },
      },
    };
    if (read('userId')) item.userId = read('userId');
    Object.assign(item, fields);
    write('queue', (read('queue') || []).concat([item]).slice(-200));
    flush();
  };
  window.rekindle = {
    identify: function (userId, traits) {
      write('userId', userId);
      send('identify', { traits: traits || {} });
    },
    track: function (event, properties) {
      send('track', { event: event, properties: properties || {} });
    },
    page: function (name, properties) {
      send('page', { name: name, properties: properties || {} });
    },
    reset: function () {
      write('userId', null);
      write('anonymousId', null);
    },
  };
  flush();
})('REKINDLE_SERVER', 'REKINDLE_WRITE_KEY');
