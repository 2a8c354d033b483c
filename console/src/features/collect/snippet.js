(function (host, key) {
  // What a browser sends beyond a page's end may have 64 KiB in all.
  var LARGEST = 60000;
  var MOST_WAITING = 200;
  var MOST_AT_ONCE = 20;
  var atOnce = MOST_AT_ONCE;
  var sending = false;
  var kept = {};
  var tell = function (what) {
    window.console.error('rekindle: ' + what);
  };
  var random = function () {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, '0');
    }).join('');
  };
  // Where the browser's storage is blocked or full, what would stand there lives as long as the page.
  var read = function (name) {
    if (name in kept) return kept[name];
    try {
      return JSON.parse(window.localStorage.getItem('rekindle.' + name) || 'null');
    } catch (blocked) {
      return null;
    }
  };
  var write = function (name, value) {
    try {
      window.localStorage.setItem('rekindle.' + name, JSON.stringify(value));
      delete kept[name];
    } catch (blockedOrFull) {
      kept[name] = value;
    }
  };
  var size = function (text) {
    return new TextEncoder().encode(text).length;
  };
  var cut = function (waiting) {
    var batch = [];
    var bytes = 500;
    for (var i = 0; i < waiting.length && i < atOnce; i++) {
      bytes += size(JSON.stringify(waiting[i])) + 1;
      if (i > 0 && bytes > LARGEST) break;
      batch.push(waiting[i]);
    }
    return batch;
  };
  var forget = function (batch) {
    var gone = batch.map(function (item) {
      return item.messageId;
    });
    write(
      'queue',
      (read('queue') || []).filter(function (item) {
        return gone.indexOf(item.messageId) < 0;
      }),
    );
  };
  // What was not taken stays in the browser and is sent again; a message id counts once however often it comes.
  var flush = function () {
    var waiting = read('queue') || [];
    if (sending || waiting.length === 0) return;
    sending = true;
    var batch = cut(waiting);
    // Until then nothing is sent, whatever comes in meanwhile.
    var again = function (seconds) {
      window.setTimeout(function () {
        sending = false;
        flush();
      }, seconds * 1000);
    };
    var body = JSON.stringify({ writeKey: key, batch: batch, sentAt: new Date().toISOString() });
    fetch(host + '/v1/batch', {
      method: 'POST',
      keepalive: size(body) <= LARGEST,
      headers: { 'Content-Type': 'text/plain' },
      body: body,
    }).then(
      function (answer) {
        if (answer.status === 429) return again(Number(answer.headers.get('Retry-After')) || 10);
        if (answer.status >= 500) return again(10);
        if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
          tell('the server refuses this page (' + answer.status + '); what waits is kept and sent again later');
          return again(300);
        }
        if (answer.status >= 400) {
          // One item may be what is wrong with all of them.
          if (batch.length > 1) {
            atOnce = Math.ceil(batch.length / 2);
            return again(0);
          }
          tell('an item was refused (' + answer.status + ') and is given up');
        }
        atOnce = MOST_AT_ONCE;
        forget(batch);
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
        library: { name: 'rekindle-snippet', version: '2' },
        locale: navigator.language,
        page: { path: location.pathname, url: location.href, referrer: document.referrer, title: document.title },
      },
    };
    if (read('userId')) item.userId = read('userId');
    Object.assign(item, fields);
    var waiting = (read('queue') || []).concat([item]);
    if (waiting.length > MOST_WAITING) tell('too much waits to be sent: the oldest is given up');
    write('queue', waiting.slice(-MOST_WAITING));
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
