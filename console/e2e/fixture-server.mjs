// A part of the tests, not of the product: serves the built console with made-up answers in the shape of the real
// interface, so that the pages can be looked at where no server runs. It keeps what is created while it runs.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:; " +
  "frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
const NOW = '2026-06-15T09:30:00Z';

// A small generator with a fixed seed: the same pictures on every run.
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const words = (en, zh) => ({ en, zh });
const TIERS = ['high', 'middle', 'low'];
const STAGES = ['prospect', 'new', 'growing', 'mature', 'cooling', 'lapsing', 'lost'];
const GROUPS = ['champions', 'loyal', 'loyal_at_risk', 'sleeping'];
const FIRST = ['Ana', 'Bruno', 'Chloé', 'Dmitri', 'Eva', 'Farid', '晓明', '雅婷', 'Greta', 'Hugo'];
const LAST = ['Almeida', 'Brandt', 'Costa', 'Dubois', '李', '王', 'Evans', 'Fischer'];

function customers() {
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  return Array.from({ length: 260 }, (_, index) => ({
    customerId: String(-4_000_000_000_000_000_000n + BigInt(index) * 31_415_926_535n),
    userId: `u-${10_000 + index}`,
    name: `${pick(FIRST)} ${pick(LAST)}`,
    email: `${pick('abcdefgh')}•••@example.com`,
    tier: pick(TIERS),
    group: pick(GROUPS),
    stage: pick(STAGES),
    orders: Math.floor(next() * 14),
    revenue: Math.round(next() * 90_000) / 100,
    lastOrderAt: `2026-0${1 + Math.floor(next() * 5)}-1${Math.floor(next() * 9)}T10:00:00Z`,
  }));
}

const forecast = {
  audience: 12_408,
  reasons: [
    { reason: 'no_consent', count: 3_104 },
    { reason: 'over_contact_budget', count: 821 },
    { reason: 'suppressed', count: 204 },
    { reason: 'no_address', count: 41 },
  ],
  heldOut: 824,
  toSend: 7_414,
  power: {
    baselineRate: 0.0712,
    minimumDetectableEffect: 0.0264,
    alpha: 0.05,
    power: 0.8,
    sampleTreatment: 7_414,
    sampleHoldout: 824,
    words: words(
      'With 7,414 customers written to and 824 held out, a difference of 2.6 percentage points or more in the share who buy would be found in four of five campaigns. Smaller ones would often look like chance.',
      '触达 7,414 人、对照 824 人时，购买比例相差 2.6 个百分点以上，五次活动中有四次能被发现；更小的差异往往看起来像偶然。',
    ),
  },
  expectedCost: 963.82,
};

const result = (campaignId, objective) => ({
  campaignId,
  state: 'measured',
  windowClosesAt: '2026-06-14T00:00:00Z',
  audience: 12_408,
  eligible: 8_238,
  heldOut: 811,
  sent: 7_398,
  delivered: 7_241,
  failed: 29,
  lift: {
    conversion: { treatment: 0.1094, holdout: 0.0715, estimate: 0.0379, low: 0.0188, high: 0.057, p: 0.0001 },
    orders: { treatment: 0.1312, holdout: 0.0851, estimate: 0.0461, low: 0.0201, high: 0.0721, p: 0.0005 },
    netRevenuePerCustomer: { treatment: 5.84, holdout: 4.31, estimate: 1.53, low: -0.12, high: 3.18, p: 0.069 },
  },
  sampleRatio: { p: 0.62, ok: true, expectedHoldout: 823.8, observedHoldout: 811 },
  cost: { messages: 73.98, offers: 811, total: 884.98 },
  netGain: { estimate: 10_478, low: -1_776, high: 22_733 },
  attributed: { orders: 641, revenue: 38_120.4 },
  notMeasurable: null,
  verdict: 'positive',
  words: words(
    'Of every 100 customers written to, 3.8 more bought than would have otherwise (95 % interval 1.9 to 5.7): 281 additional buyers. Net revenue per customer rose by €1.53, which may still be chance.',
    '每触达 100 位客户，比原本多 3.8 位购买（95% 区间 1.9 至 5.7）：新增 281 位买家。人均净收入增加 €1.53，但仍可能出于偶然。',
  ),
  forecast,
  objective,
  series: Array.from({ length: 15 }, (_, day) => ({
    day,
    treatment: Number((0.1094 * (1 - Math.exp(-day / 4.2)) * 1.03).toFixed(4)),
    holdout: Number((0.0715 * (day / 14) ** 0.9).toFixed(4)),
  })),
});

function world() {
  const people = customers();
  const objectives = [
    {
      id: 1,
      kind: 'retain',
      name: 'Win back spring buyers',
      metric: 'reactivation_rate',
      unit: 'points',
      segmentId: 1,
      windowDays: 90,
      baseline: 0.0712,
      baselineCustomers: 8_112,
      target: 0.02,
      deadline: '2026-09-30',
      state: 'open',
      current: 0.083,
      progress: 0.59,
    },
  ];
  const rule = { all: [{ stage: ['lapsing', 'lost'] }, { orders: { count: { atLeast: 2 } }, withinDays: 730 }] };
  const ruleWords = words(
    'All of: life-cycle stage is lapsing or lost; at least 2 orders in the last 730 days',
    '满足全部：生命周期阶段为流失中或已流失；最近 730 天至少 2 个订单',
  );
  const draft = {
    objectiveId: 1,
    segmentId: 1,
    templateId: 1,
    offerId: 1,
    holdoutShare: 0.1,
    sendWindow: { from: '09:00', to: '20:00', startAt: null },
    attributionDays: 14,
    messageCost: 0.01,
    author: 'dana@example.com',
    approver: null,
    approvedAt: null,
    forecast: null,
    runId: null,
  };
  const approved = { approver: 'kim@example.com', approvedAt: '2026-05-20T08:15:00Z', forecast };
  return {
    people,
    signedIn: false,
    nextId: 100,
    users: [
      { id: 1, email: 'dana@example.com', name: 'Dana', roles: ['admin'], lockedAt: null },
      { id: 2, email: 'lin@example.com', name: 'Lin', roles: ['planner', 'approver'], lockedAt: null },
    ],
    objectives,
    segments: [
      {
        id: 1,
        name: 'Lapsing and lost, bought twice',
        rule,
        words: ruleWords,
        version: 3,
        createdAt: '2026-04-02T08:00:00Z',
      },
    ],
    offers: [
      {
        id: 1,
        name: '10 % welcome back',
        kind: 'percent',
        value: 10,
        currency: null,
        costPerUse: 0,
        budget: null,
        expiresAt: '2026-12-31T23:00:00Z',
        codes: { total: 20_000, assigned: 7_398, redeemed: 612 },
      },
    ],
    templates: [
      {
        id: 1,
        name: 'We miss you',
        channel: 'email',
        subject: '{{ customer.first_name }}, your {{ offer.value }} % are waiting',
        html: '<h1>Hello {{ customer.first_name }}</h1>\n<p>Come back with <b>{{ offer.code }}</b>.</p>\n<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
        text: 'Hello {{ customer.first_name }}, come back with {{ offer.code }}. {{ unsubscribe_url }}',
        version: 4,
      },
    ],
    campaigns: [
      { ...draft, id: 3, name: 'Summer teaser', state: 'draft' },
      { ...draft, id: 2, name: 'April reminder', state: 'running', ...approved, runId: '12' },
      { ...draft, id: 1, name: 'Spring win-back', state: 'finished', ...approved, runId: '11' },
    ],
    messages: Array.from({ length: 30 }, (_, index) => ({
      messageId: String(9_000_000_000_000_000_000n + BigInt(index)),
      campaignId: index % 3 === 0 ? 2 : 1,
      customerId: people[index].customerId,
      channel: 'email',
      state: ['sent', 'ready', 'skipped', 'failed', 'in_doubt', 'sent'][index % 6],
      reason: [null, null, 'template_missing_value', 'hard_bounce', null, null][index % 6],
      changedAt: `2026-06-0${1 + (index % 9)}T09:1${index % 6}:00Z`,
      detail: index % 6 === 3 ? '550 5.1.1 no such mailbox' : null,
    })),
    polls: 0,
  };
}

const page = (items, query, size = 50) => {
  const from = Number(query.get('cursor') ?? 0);
  return { items: items.slice(from, from + size), nextCursor: from + size < items.length ? String(from + size) : null };
};

class Refusal extends Error {
  constructor(status, code, detail, errors) {
    super(detail);
    this.body = { type: 'about:blank', title: 'Problem', status, detail, code, ...(errors ? { errors } : {}) };
    this.status = status;
  }
}

const FIELDS = [
  { path: 'trait.city', type: 'text', label: words('City', '城市'), values: ['Lisbon', 'Lyon', '上海'] },
  { path: 'trait.birthday', type: 'text', label: words('Birthday', '生日') },
  { path: 'trait.language', type: 'text', label: words('Language', '语言'), values: ['en', 'zh'] },
  { path: 'event.Product Viewed', type: 'event', label: words('Product Viewed', '浏览商品') },
  { path: 'event.Order Completed', type: 'event', label: words('Order Completed', '完成订单') },
];

/** The places of a rule the made-up server refuses: a trait it has never heard of. */
function unknownTraits(rule, place = 'rule') {
  if (Array.isArray(rule.all)) return rule.all.flatMap((one, at) => unknownTraits(one, `${place}.all[${at}]`));
  if (Array.isArray(rule.any)) return rule.any.flatMap((one, at) => unknownTraits(one, `${place}.any[${at}]`));
  if (rule.not) return unknownTraits(rule.not, `${place}.not`);
  return rule.trait && !FIELDS.some(({ path }) => path === `trait.${rule.trait}`)
    ? [{ place: `${place}.trait`, message: `there is no trait '${rule.trait}'; known are city, birthday, language` }]
    : [];
}

function profile(person) {
  return {
    customerId: person.customerId,
    identifiers: [
      { type: 'user_id', value: person.userId },
      { type: 'email', value: person.email },
      { type: 'phone', value: '+351 ••• ••• 210' },
    ],
    traits: [
      { name: 'firstName', value: person.name.split(' ')[0], at: '2025-03-01T10:00:00Z', personal: true },
      { name: 'lastName', value: person.name.split(' ')[1], at: '2025-03-01T10:00:00Z', personal: true },
      { name: 'city', value: 'Lisbon', at: '2025-03-01T10:00:00Z', personal: false },
      { name: 'language', value: 'en', at: '2025-03-01T10:00:00Z', personal: false },
    ],
    orders: Array.from({ length: 4 }, (_, index) => ({
      orderId: `o-${5_000 + index}`,
      at: `2026-0${4 - index}-12T14:20:00Z`,
      gross: 60 + index * 13.5,
      refunded: index === 1 ? 20 : 0,
      net: 60 + index * 13.5 - (index === 1 ? 20 : 0),
      coupon: index === 0 ? 'BACK-7KQ2' : null,
      lines: [
        {
          productId: 'p-1',
          productName: 'Trail shoes',
          category: 'shoes',
          quantity: 1,
          unitPrice: 60,
          amount: 60,
          kind: 'sale',
        },
      ],
    })),
    tier: { tier: person.tier, group: person.group, recency: 2, frequency: 4, amount: 5, loyalty: 4, at: NOW },
    stage: { stage: person.stage, at: '2026-05-20T00:00:00Z' },
    scores: [
      { name: 'p_alive', value: 0.41, modelVersion: 'bgnbd-3', at: NOW },
      { name: 'expected_purchases', value: 0.83, modelVersion: 'bgnbd-3', at: NOW },
      { name: 'expected_value', value: 57.2, modelVersion: 'gg-3', at: NOW },
    ],
    consent: [
      { purpose: 'marketing', channel: 'email', granted: true, source: 'web shop', at: '2025-03-01T10:00:00Z' },
      { purpose: 'marketing', channel: 'sms', granted: false, source: 'web shop', at: '2025-03-01T10:00:00Z' },
    ],
    decisions: [
      decision(1, 'treatment', 'send', null, true, null),
      decision(2, 'holdout', 'skip', 'held_out', true, null),
      decision(3, null, 'skip', null, false, 'over_contact_budget'),
    ].map((row, index) => ({ ...row, campaignName: ['Spring win-back', 'April reminder', null][index] })),
    messages: [
      {
        messageId: '77',
        campaignId: 1,
        customerId: person.customerId,
        channel: 'email',
        state: 'sent',
        reason: null,
        changedAt: '2026-06-01T09:12:00Z',
      },
    ],
  };
}

const decision = (campaignId, arm, action, actionReason, eligible, reason) => ({
  decisionId: String(8_000_000_000_000_000_000n + BigInt(campaignId)),
  campaignId,
  eligible,
  reason,
  arm,
  probability: arm === 'treatment' ? 0.9 : arm === 'holdout' ? 0.1 : null,
  action,
  actionReason,
  decidedAt: `2026-05-${10 + campaignId}T08:00:00Z`,
});

/** The answers; `:id` in a route stands for one part of the path. */
function routes(state) {
  const byId = (list, id) => {
    const found = list.find((one) => String(one.id) === id);
    if (!found) throw new Refusal(404, 'not_found', `there is no such thing as number ${id}`);
    return found;
  };
  const add = (list, one) => {
    const made = { ...one, id: state.nextId++ };
    list.unshift(made);
    return made;
  };
  const resource = (name, list, extra) => ({
    [`GET /api/${name}`]: ({ query }) => page(list, query),
    [`POST /api/${name}`]: ({ body }) => add(list, { ...body, ...extra(body) }),
    [`GET /api/${name}/:id`]: ({ id }) => byId(list, id),
    [`PUT /api/${name}/:id`]: ({ id, body }) =>
      Object.assign(byId(list, id), body, { version: (byId(list, id).version ?? 0) + 1 }),
  });
  const segmentExtra = (body) => ({
    words: words(`Rule of ${body.rule.all?.length ?? 1} conditions`, `含 ${body.rule.all?.length ?? 1} 个条件的规则`),
    version: 1,
    createdAt: NOW,
  });
  const person = (id) => {
    const found = state.people.find((one) => one.customerId === id);
    if (!found) throw new Refusal(404, 'customer_not_found', `there is no customer ${id}`);
    return found;
  };
  return {
    'GET /api/session': () => {
      if (!state.signedIn) throw new Refusal(401, 'not_authenticated', 'nobody is signed in');
      return {
        user: 'dana@example.com',
        roles: ['admin'],
        csrfToken: 'fixture-token',
        zone: 'UTC',
        reasonRequired: false,
      };
    },
    'POST /api/session': ({ body }) => {
      if (body.password === 'wrong') {
        throw new Refusal(401, 'wrong_sign_in', 'this e-mail address and password do not belong together');
      }
      state.signedIn = true;
      return { user: body.email, roles: ['admin'], csrfToken: 'fixture-token', zone: 'UTC', reasonRequired: false };
    },
    'DELETE /api/session': () => {
      state.signedIn = false;
      return null;
    },
    'GET /api/clock': () => ({ businessTime: NOW, systemTime: NOW, movable: true }),
    'GET /api/overview': () => ({
      customers: 20_000,
      events: 1_284_331,
      orders: 61_204,
      revenue: 3_481_220.4,
      currency: 'EUR',
      tiers: [
        { tier: 'high', customers: 2_010, revenue: 1_912_400 },
        { tier: 'middle', customers: 6_044, revenue: 1_204_300 },
        { tier: 'low', customers: 11_946, revenue: 364_520.4 },
      ],
      stages: [420, 1_104, 2_210, 4_902, 3_117, 3_820, 4_427].map((count, index) => ({
        stage: STAGES[index],
        customers: count,
      })),
      revenueByMonth: Array.from({ length: 18 }, (_, index) => ({
        month: `${2025 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
        revenue: Math.round(160_000 + 40_000 * Math.sin(index / 2) + index * 3_000),
        orders: Math.round(2_900 + 600 * Math.sin(index / 2) + index * 40),
      })),
      tails: [
        { name: 'identity', lag: 0 },
        { name: 'profile', lag: 0 },
        { name: 'orders', lag: 318 },
        { name: 'receipts', lag: 0 },
      ],
      messages: { ready: 214, sending: 8, sent: 9_120, failed: 41, inDoubt: 3, skipped: 77 },
      businessTime: NOW,
    }),
    'POST /api/analysis/refresh': () => ({ tiers: [], stages: [], businessTime: NOW }),
    'GET /api/customers': ({ query }) =>
      page(
        state.people.filter(
          (one) =>
            (!query.get('tier') || one.tier === query.get('tier')) &&
            (!query.get('stage') || one.stage === query.get('stage')),
        ),
        query,
      ),
    'POST /api/customers/search': ({ body, query }) =>
      page(
        state.people.filter((one) =>
          `${one.name} ${one.userId} ${one.email}`.toLowerCase().includes(body.query.toLowerCase()),
        ),
        query,
      ),
    'GET /api/customers/:id': ({ id }) => profile(person(id)),
    'GET /api/customers/:id/timeline': ({ id, query }) =>
      page(
        Array.from({ length: 60 }, (_, index) => ({
          at: `2026-05-${String(28 - (index % 27)).padStart(2, '0')}T1${index % 10}:00:00Z`,
          kind: ['event', 'order', 'message', 'stage'][index % 4],
          name: ['Product Viewed', 'Order Completed', 'Email Opened', 'lapsing'][index % 4],
          detail: index % 4 === 1 ? `€73.50 (${person(id).userId})` : null,
        })),
        query,
        20,
      ),
    'GET /api/segments/fields': () => ({ items: FIELDS }),
    'POST /api/segments/preview': ({ body }) => {
      const faults = unknownTraits(body.rule);
      if (faults.length > 0) throw new Refusal(422, 'rule_not_valid', 'the rule asks about what is not there', faults);
      const size = JSON.stringify(body.rule).length;
      return {
        count: 12_408 - size,
        words: words(
          `Customers who match ${JSON.stringify(body.rule).length} characters of rule`,
          `符合规则的客户（规则长 ${size}）`,
        ),
        sample: state.people.slice(0, 8).map(({ customerId, tier, stage }) => ({ customerId, tier, stage })),
        warnings: [],
        sqlMillis: 38,
      };
    },
    ...resource('segments', state.segments, segmentExtra),
    'DELETE /api/segments/:id': ({ id }) => {
      state.segments.splice(state.segments.indexOf(byId(state.segments, id)), 1);
      return null;
    },
    ...resource('objectives', state.objectives, () => ({
      baseline: 0.0712,
      baselineCustomers: 8_112,
      state: 'open',
      current: 0.0712,
      progress: 0,
    })),
    'POST /api/objectives': ({ body }) => {
      if (body.target <= 0) {
        throw new Refusal(422, 'objective_not_valid', 'the objective is not specific, measurable and time-bound', [
          { place: 'target', message: 'a target of 0 changes nothing; state a change above 0' },
        ]);
      }
      return add(state.objectives, {
        ...body,
        baseline: 0.0712,
        baselineCustomers: 8_112,
        state: 'open',
        current: 0.0712,
        progress: 0,
      });
    },
    ...resource('offers', state.offers, () => ({ codes: { total: 0, assigned: 0, redeemed: 0 } })),
    'POST /api/offers/:id/codes': ({ id, body }) => {
      const offer = byId(state.offers, id);
      offer.codes.total += body.generate ?? body.codes.length;
      return offer;
    },
    ...resource('templates', state.templates, ({ html }) => {
      if (!html.includes('{{ customer.first_name') || html.includes('{{ customer.first_name }}')) return { version: 1 };
      throw new Refusal(422, 'template_not_valid', 'the template cannot be saved', [
        { place: 'html line 1', code: 'template_syntax', message: 'not closed', parameters: { words: 'not closed' } },
      ]);
    }),
    'POST /api/templates/:id/preview': ({ id, body }) => {
      const one = byId(state.templates, id);
      const values = {
        'customer.first_name': person(body.customerId).name.split(' ')[0],
        ...(body.offerId ? { 'offer.code': 'BACK-7KQ2', 'offer.value': '10' } : {}),
        shop_url: 'https://shop.example/',
        unsubscribe_url: 'https://shop.example/u/…',
      };
      const missing = [];
      const fill = (text, part) =>
        text.replace(/{{\s*([\w.]+)\s*}}/g, (_, name) => {
          if (!(name in values)) missing.push({ place: `${part} line 1`, message: `${name} is missing` });
          return values[name] ?? '';
        });
      const filled = {
        subject: fill(one.subject, 'subject'),
        html: fill(one.html, 'html'),
        text: fill(one.text, 'text'),
      };
      if (missing.length > 0) throw new Refusal(422, 'template_missing_value', 'values are missing', missing);
      return filled;
    },
    ...resource('campaigns', state.campaigns, () => ({
      state: 'draft',
      author: 'dana@example.com',
      approver: null,
      approvedAt: null,
      forecast: null,
      runId: null,
    })),
    // Days after approval it would find other people.
    'POST /api/campaigns/:id/forecast': ({ id }) => ({ ...forecast, heldOut: byId(state.campaigns, id) && 799 }),
    'POST /api/campaigns/:id/submit': ({ id }) => Object.assign(byId(state.campaigns, id), { state: 'in_review' }),
    'POST /api/campaigns/:id/reopen': ({ id }) => Object.assign(byId(state.campaigns, id), { state: 'draft' }),
    'POST /api/campaigns/:id/approve': ({ id }) =>
      Object.assign(byId(state.campaigns, id), {
        state: 'running',
        approver: 'kim@example.com',
        approvedAt: NOW,
        forecast,
        runId: '13',
      }),
    'POST /api/campaigns/:id/cancel': ({ id }) => Object.assign(byId(state.campaigns, id), { state: 'cancelled' }),
    'GET /api/campaigns/:id/progress': ({ id }) => {
      const sent = Math.min(7_398, 900 * ++state.polls);
      return {
        state: byId(state.campaigns, id).state,
        ready: 7_398 - sent,
        sending: sent < 7_398 ? 8 : 0,
        sent,
        delivered: Math.round(sent * 0.97),
        failed: 29,
        skipped: 16,
        inDoubt: 2,
        deferred: 11,
        opened: Math.round(sent * 0.31),
        clicked: Math.round(sent * 0.06),
        unsubscribed: Math.round(sent * 0.004),
      };
    },
    'GET /api/campaigns/:id/decisions': ({ query }) =>
      page(
        state.people
          .map((one, index) => ({
            ...decision(
              1,
              index % 10 === 0 ? 'holdout' : index % 7 === 0 ? null : 'treatment',
              index % 10 === 0 || index % 7 === 0 ? 'skip' : 'send',
              index % 10 === 0 ? 'held_out' : null,
              index % 10 === 0 || index % 7 !== 0,
              index % 10 !== 0 && index % 7 === 0 ? 'no_consent' : null,
            ),
            decisionId: String(8_100_000_000_000_000_000n + BigInt(index)),
            customerId: one.customerId,
            userId: one.userId,
            plannedAt: '2026-06-01T09:00:00Z',
            expectedValue: one.revenue / 10,
          }))
          .filter(
            (row) =>
              (!query.get('arm') || row.arm === query.get('arm')) &&
              (!query.get('reason') || row.reason === query.get('reason')),
          ),
        query,
      ),
    'GET /api/campaigns/:id/result': ({ id }) => {
      const campaign = byId(state.campaigns, id);
      const full = result(campaign.id, state.objectives.at(-1));
      return campaign.state === 'finished'
        ? full
        : {
            ...full,
            state: 'waiting',
            windowClosesAt: '2026-06-29T00:00:00Z',
            lift: null,
            netGain: null,
            attributed: null,
            verdict: null,
            words: null,
            cost: null,
            series: full.series.slice(0, 5),
          };
    },
    'GET /api/messages': ({ query }) =>
      page(
        state.messages.filter(
          (one) =>
            (!query.get('state') || one.state === query.get('state')) &&
            (!query.get('campaignId') || String(one.campaignId) === query.get('campaignId')),
        ),
        query,
      ),
    'POST /api/messages/:id/settle': ({ id, body }) =>
      Object.assign(
        state.messages.find((one) => one.messageId === id),
        { state: body.state, reason: 'settled_by_hand' },
      ),
    'GET /api/sources': ({ query }) =>
      page(
        [
          {
            id: 1,
            name: 'Web shop',
            personalFields: [],
            createdAt: '2025-01-04T10:00:00Z',
            accepted: 1_284_331,
            duplicates: 402,
            rejected: 12,
            keys: [{ id: 1, hint: 'wk_4c1…', createdAt: NOW, createdBy: 'dana@example.com', revokedAt: null }],
          },
        ],
        query,
      ),
    'POST /api/sources': ({ body }) => ({
      source: {
        id: 2,
        name: body.name,
        personalFields: [],
        rules: { allowedTypes: [], allowedOrigins: [], eventsPerSecond: null },
        pausedAt: null,
        createdAt: NOW,
        accepted: 0,
        duplicates: 0,
        rejected: 0,
        rejectedTimes: 0,
        refusedCalls: {},
        keys: [],
      },
      secret: 'wk_fixture_not_a_secret',
    }),
    'POST /api/sources/:id/keys': () => ({ id: 4, secret: 'wk_fixture_not_a_secret' }),
    'GET /api/sources/:id/rejected': ({ query }) =>
      page(
        [
          {
            id: 1,
            reason: 'no_identifier',
            message: 'the item names no customer: userId and anonymousId are missing',
            rejectedAt: NOW,
            lastAt: NOW,
            times: 1,
            item: '{"type":"track"}',
          },
        ],
        query,
      ),
    'GET /api/imports': ({ query }) =>
      page(
        [
          ...state.imports.toReversed(),
          {
            id: 1,
            fileName: 'orders-2025.csv.gz',
            dryRun: false,
            state: 'done',
            createdAt: NOW,
            rowsRead: 320_705,
            failure: null,
            finishedAt: NOW,
            createdBy: 'dana@example.com',
            report: importReport(320_705, 226_488, 5_565, 88_652),
          },
          ...state.imports,
        ],
        query,
      ),
    'POST /api/imports/uploads': () => ({
      id: 'waiting',
      fileName: 'orders.csv',
      bytes: 400,
      columns: ['Order', 'Customer', 'When', 'Article', 'Pieces', 'Price'],
      sample: [
        ['e2e-1', 'e2e-customer-1', '17/02/2026 09:30', 'Tea', '2', '1250.50'],
        ['e2e-2', 'e2e-customer-2', '18/02/2026 10:00', 'Cup', '1', '9.90'],
      ],
      fields: { order_id: 'Order', customer: 'Customer' },
      timeFormats: [],
    }),
    'POST /api/imports/uploads/:id/start': ({ body }) => {
      const one = {
        ...importOf(state.imports.length + 2, body.dryRun),
        state: 'running',
        report: null,
        rowsRead: 2,
      };
      state.imports.push(one);
      return one;
    },
    'GET /api/imports/:id': ({ id }) => {
      const one = state.imports.find((each) => each.id === Number(id));
      return one ? Object.assign(one, importOf(one.id, one.dryRun)) : importOf(Number(id), false);
    },
    'POST /api/imports/:id/undo': ({ id }) => ({ ...importOf(Number(id), false), state: 'undone' }),
    'GET /api/imports/:id/rejected': ({ query }) =>
      page(
        [
          {
            rowNumber: 4,
            reason: 'bad_time',
            detail: "column 'When' holds no time of the form d/M/yyyy[ H:mm[:ss]]",
            row: '["e2e-3","e2e-customer-2","yesterday","Cup","1","9.90"]',
          },
        ],
        query,
      ),
    'GET /api/imports/:id/credits': () => ({
      notes: 311,
      amount: -32_013.28,
      unmatched: [
        { reason: 'exceeds_orders', notes: 12, lines: 27, amount: -2_950.35 },
        { reason: 'no_earlier_order', notes: 38, lines: 95, amount: -1_904.54 },
      ],
    }),
    'DELETE /api/imports/uploads/:id': () => null,
    'GET /api/users': ({ query }) => page(state.users, query),
    'POST /api/users': ({ body: { password, ...user } }) => ({
      user: add(state.users, { ...user, lockedAt: null }),
      password: password ? null : 'fixture-not-a-secret',
    }),
    'POST /api/users/:id/password': ({ id, body }) => ({
      user: byId(state.users, id),
      password: body.password ? null : 'fixture-not-a-secret',
    }),
    'POST /api/users/:id/roles': ({ id, body }) => Object.assign(byId(state.users, id), body),
    'POST /api/users/:id/lock': ({ id }) => Object.assign(byId(state.users, id), { lockedAt: NOW }),
    'POST /api/users/:id/unlock': ({ id }) => Object.assign(byId(state.users, id), { lockedAt: null }),
    'GET /api/keys': ({ query }) =>
      page(
        [
          {
            id: 1,
            name: 'nightly import',
            hint: 'rk_7f3…',
            roles: ['admin'],
            createdAt: NOW,
            createdBy: 'dana@example.com',
            revokedAt: null,
          },
        ],
        query,
      ),
    'GET /api/audit': ({ query }) =>
      page(
        [
          {
            id: 1,
            at: NOW,
            actor: 'dana@example.com',
            action: 'campaign.approved',
            thing: 'campaign 1',
            detail: 'approved with a hold-out of 10 %',
          },
        ],
        query,
      ),
  };
}

const importReport = (rows, lines, cancellations, rejected) => ({
  rows,
  lines,
  cancellations,
  alreadyThere: rows - lines - cancellations - rejected,
  rejected,
  reasons: rejected > 0 ? [{ reason: 'bad_time', rows: rejected }] : [],
  orders: lines,
  customers: lines,
  gross: 2_510.9,
  cancelled: 0,
  currency: 'EUR',
  notes: [],
  encoding: 'UTF-8',
  columns: [
    { column: 'Order', field: 'order_id' },
    { column: 'When', field: 'time' },
    { column: 'Remark', field: null },
  ],
});

const importOf = (id, dryRun) => ({
  id,
  fileName: 'orders.csv',
  dryRun,
  state: 'done',
  createdAt: NOW,
  createdBy: 'dana@example.com',
  finishedAt: NOW,
  rowsRead: 3,
  failure: null,
  report: importReport(3, 2, 0, 1),
});

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString('utf8');
  return request.headers['content-type']?.includes('json') && text ? JSON.parse(text) : {};
}

/** Starts it on a free port of the loopback; answers its address and how to stop it. */
export async function startFixtureServer(folder) {
  const state = { imports: [], ...world() };
  const table = Object.entries(routes(state)).map(([route, answer]) => {
    const [method, path] = route.split(' ');
    return { method, pattern: new RegExp(`^${path.replace(':id', '([^/]+)')}$`), exact: !path.includes(':id'), answer };
  });
  table.sort((one, other) => Number(other.exact) - Number(one.exact));

  async function api(request, url) {
    const body = await bodyOf(request);
    const { pathname } = url;
    if (!state.signedIn && pathname !== '/api/session') throw new Refusal(401, 'not_authenticated', 'sign in');
    if (
      !['GET', 'HEAD'].includes(request.method) &&
      pathname !== '/api/session' &&
      request.headers['x-csrf-token'] !== 'fixture-token'
    ) {
      throw new Refusal(403, 'csrf_token_missing', 'a change from the console needs the header X-CSRF-Token');
    }
    for (const { method, pattern, answer } of table) {
      const match = method === request.method ? pattern.exec(pathname) : null;
      if (match) return answer({ id: match[1] && decodeURIComponent(match[1]), query: url.searchParams, body });
    }
    throw new Refusal(404, 'http_404', `nothing answers ${request.method} ${pathname}`);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const send = (status, type, content) => {
      response.writeHead(status, {
        'Content-Type': type,
        'Content-Security-Policy': POLICY,
        'X-Frame-Options': 'DENY',
      });
      response.end(content);
    };
    try {
      if (url.pathname.startsWith('/api/')) {
        const answer = await api(request, url);
        return answer === null ? send(204, 'application/json') : send(200, 'application/json', JSON.stringify(answer));
      }
      if (url.pathname !== '/' && !url.pathname.includes('.')) {
        response.writeHead(302, { Location: `/#${url.pathname}` });
        return response.end();
      }
      const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
      return send(200, TYPES[extname(path)] ?? 'application/octet-stream', await readFile(join(folder, path)));
    } catch (error) {
      if (error instanceof Refusal) return send(error.status, 'application/problem+json', JSON.stringify(error.body));
      return send(error.code === 'ENOENT' ? 404 : 500, 'text/plain', String(error.message));
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => server.close(done)) };
}
