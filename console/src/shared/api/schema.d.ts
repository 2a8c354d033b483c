// The server's interface as the console uses it, in the shape that `npm run generate:api` writes.

type Operation<Answer, Asked extends { path?: object; query?: object; body?: unknown } = object> = {
  parameters: (Asked extends { path: infer P } ? { path: P } : { path?: never }) &
    (Asked extends { query: infer Q } ? { query?: Q } : { query?: never }) & { header?: never; cookie?: never };
  responses: {
    200: { headers: Record<string, string>; content: { 'application/json': Answer } };
    default: { headers: Record<string, string>; content: { 'application/problem+json': Problem } };
  };
} & (Asked extends { body: infer B } ? { requestBody: { content: { 'application/json': B } } } : { requestBody?: never });

type Page<T> = { items: T[]; nextCursor: string | null };
type Paging = { cursor?: string; limit?: number };
type ById = { path: { id: number } };
type Words = { en: string; zh: string };

export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  errors?: { place: string; message: string }[];
}

interface Session {
  user: string;
  roles: string[];
  csrfToken: string;
}

interface Overview {
  customers: number;
  events: number;
  orders: number;
  revenue: number;
  currency: string;
  tiers: { tier: string; customers: number; revenue: number }[];
  stages: { stage: string; customers: number }[];
  revenueByMonth: { month: string; revenue: number; orders: number }[];
  tails: { name: string; lag: number; failure?: string | null }[];
  messages: {
    ready: number;
    sending: number;
    sent: number;
    failed: number;
    inDoubt: number;
    skipped: number;
    deferred?: number;
  };
  businessTime: string;
}

interface CustomerRow {
  customerId: string;
  userId: string | null;
  name: string | null;
  email: string | null;
  tier: string | null;
  group: string | null;
  stage: string | null;
  orders: number;
  revenue: number;
  lastOrderAt: string | null;
}

interface Decision {
  decisionId: string;
  runId: number;
  campaignId: number;
  customerId: string;
  eligible: boolean;
  reason?: string | null;
  arm?: string | null;
  probability?: number | null;
  salt: string;
  action: string;
  actionReason?: string | null;
  channel?: string | null;
  offerId?: number | null;
  plannedAt?: string | null;
  expectedValue?: number | null;
  modelVersions?: string | null;
  decidedAt: string;
}

interface MessageRow {
  messageId: string;
  decisionId: string;
  runId: number;
  campaignId: number;
  customerId: string;
  channel: string;
  state: string;
  reason?: string | null;
  detail?: string | null;
  attempts: number;
  dueAt: string;
  changedAt: string;
  sentAt?: string | null;
  openedAt?: string | null;
  clickedAt?: string | null;
  unsubscribedAt?: string | null;
}

interface Customer {
  customerId: string;
  identifiers: { type: string; value: string }[];
  traits: { name: string; value: unknown; at: string | null; personal: boolean }[];
  orders: {
    orderId: string;
    at: string;
    gross: number;
    discount: number;
    refunded: number;
    net: number;
    coupon: string | null;
    lines: {
      lineNo: number;
      productId: string | null;
      productName: string | null;
      category: string | null;
      quantity: number;
      unitPrice: number;
      amount: number;
      kind: string;
    }[];
  }[];
  tier: {
    tier: string;
    group: string;
    recency: number;
    frequency: number;
    amount: number;
    loyalty: number;
    at: string;
  } | null;
  stage: { stage: string; at: string } | null;
  scores: { name: string; value: number; modelVersion: string; at: string }[];
  consent: { purpose: string; channel: string; granted: boolean; source: string; at: string }[];
  decisions: Decision[];
  messages: MessageRow[];
}

interface TimelineItem {
  at: string;
  kind: string;
  name: string;
  detail: string | null;
}

interface ObjectiveDraft {
  kind: string;
  name: string;
  metric: string;
  unit: string;
  segmentId?: number | null;
  windowDays: number;
  target: number;
  deadline: string;
}

interface Objective extends ObjectiveDraft {
  id: number;
  baseline: number | null;
  baselineCustomers: number | null;
  state: string;
  current?: number | null;
  progress?: number | null;
}

interface Segment {
  id: number;
  name: string;
  rule: unknown;
  words: Words;
  version: number;
  createdAt: string;
}

interface SegmentPreview {
  count: number;
  words: Words;
  sample: { customerId: string; tier?: string | null; stage?: string | null }[];
  sqlMillis: number;
}

interface SegmentField {
  path: string;
  type: string;
  label: Words;
  values?: string[] | null;
  valueLabels?: Record<string, Words> | null;
}

interface OfferDraft {
  name: string;
  kind: string;
  value: number;
  currency?: string | null;
  costPerUse: number;
  budget?: number | null;
  expiresAt: string;
}

interface Offer extends OfferDraft {
  id: number;
  codes: { total: number; assigned: number; redeemed: number };
}

interface TemplateDraft {
  name: string;
  channel: string;
  subject: string;
  html: string;
  text: string;
}

interface Template extends TemplateDraft {
  id: number;
  version: number;
}

interface CampaignDraft {
  name: string;
  objectiveId: number;
  segmentId: number;
  templateId: number;
  offerId?: number | null;
  holdoutShare: number;
  sendWindow: { from: string; to: string; startAt: string | null };
  attributionDays: number;
  messageCost: number;
}

interface Campaign extends CampaignDraft {
  id: number;
  state: string;
  author: string | null;
  approver: string | null;
  runId: string | number | null;
}

interface Forecast {
  audience: number;
  reasons: { reason: string; count: number }[];
  heldOut: number;
  toSend: number;
  power: {
    baselineRate: number;
    baselineCustomers: number;
    minimumDetectableEffect: number | null;
    alpha: number;
    power: number;
    sampleTreatment: number;
    sampleHoldout: number;
    words: Words;
  };
  expectedCost: number;
}

interface Progress {
  ready: number;
  sending: number;
  sent: number;
  delivered: number;
  failed: number;
  skipped: number;
  inDoubt: number;
  deferred: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
}

interface LiftMeasure {
  treatment: number;
  holdout: number;
  estimate: number;
  low: number;
  high: number;
  p: number;
}

interface CampaignResult {
  campaignId: number;
  state: string;
  windowClosesAt: string | null;
  audience: number;
  eligible: number;
  heldOut: number;
  sent: number;
  delivered: number;
  failed: number;
  lift: { conversion: LiftMeasure; orders: LiftMeasure; netRevenuePerCustomer: LiftMeasure } | null;
  sampleRatio: { p: number; ok: boolean; expectedHoldout: number; observedHoldout: number } | null;
  cost: { messages: number; offers: number; total: number } | null;
  netGain: { estimate: number; low: number; high: number } | null;
  attributed: { orders: number; revenue: number } | null;
  notMeasurable?: { reason: string; whatItWouldTake: string } | null;
  verdict: string | null;
  words: Words | null;
  forecast: Forecast | null;
  objective: Objective | null;
  series: { day: number | string; treatment: number; holdout: number }[];
}

interface Source {
  id: number;
  name: string;
  personalFields: string[];
  createdAt: string;
  accepted: number;
  duplicates: number;
  rejected: number;
  keys: { id: number; hint: string; createdAt: string; createdBy: string; revokedAt?: string | null }[];
}

interface RejectedRecord {
  id: number;
  reason: string;
  message: string;
  rejectedAt: string;
  item?: string | null;
}

interface ApiKey {
  id: number;
  name: string;
  hint: string;
  roles: string[];
  createdAt: string;
  createdBy: string;
  revokedAt?: string | null;
}

interface AuditRow {
  id: number | string;
  at: string;
  actor: string;
  action: string;
  thing: string;
  detail: string;
}

interface Import {
  id: number;
  fileName: string;
  dryRun: boolean;
  state: 'RUNNING' | 'DONE' | 'FAILED' | 'INTERRUPTED' | 'UNDONE';
  createdAt: string;
  rowsRead: number;
  failure?: string | null;
  report?: {
    rows: number;
    lines: number;
    cancellations: number;
    alreadyThere: number;
    rejected: number;
  } | null;
}

export interface paths {
  '/api/session': {
    get: Operation<Session>;
    post: Operation<Session, { body: { email: string; password: string } }>;
    delete: Operation<undefined>;
  };
  '/api/overview': { get: Operation<Overview> };
  '/api/customers': {
    get: Operation<Page<CustomerRow>, { query: Paging & { query?: string; tier?: string; stage?: string } }>;
  };
  '/api/customers/{id}': { get: Operation<Customer, { path: { id: string } }> };
  '/api/customers/{id}/timeline': { get: Operation<Page<TimelineItem>, { path: { id: string }; query: Paging }> };
  '/api/objectives': {
    get: Operation<Page<Objective>, { query: Paging }>;
    post: Operation<Objective, { body: ObjectiveDraft }>;
  };
  '/api/objectives/{id}': { get: Operation<Objective, ById>; put: Operation<Objective, ById & { body: ObjectiveDraft }> };
  '/api/segments': {
    get: Operation<Page<Segment>, { query: Paging }>;
    post: Operation<Segment, { body: { name: string; rule: unknown } }>;
  };
  '/api/segments/{id}': {
    get: Operation<Segment, ById>;
    put: Operation<Segment, ById & { body: { name: string; rule: unknown } }>;
    delete: Operation<undefined, ById>;
  };
  '/api/segments/preview': { post: Operation<SegmentPreview, { body: { rule: unknown } }> };
  '/api/segments/fields': { get: Operation<SegmentField[] | { items: SegmentField[] }> };
  '/api/offers': {
    get: Operation<Page<Offer>, { query: Paging }>;
    post: Operation<Offer, { body: OfferDraft }>;
  };
  '/api/offers/{id}': { get: Operation<Offer, ById>; put: Operation<Offer, ById & { body: OfferDraft }> };
  '/api/offers/{id}/codes': {
    post: Operation<Offer, ById & { body: { codes: string[] } | { generate: number; prefix?: string } }>;
  };
  '/api/templates': {
    get: Operation<Page<Template>, { query: Paging }>;
    post: Operation<Template, { body: TemplateDraft }>;
  };
  '/api/templates/{id}': { get: Operation<Template, ById>; put: Operation<Template, ById & { body: TemplateDraft }> };
  '/api/templates/{id}/preview': {
    post: Operation<{ subject: string; html: string; text: string }, ById & { body: { customerId: string } }>;
  };
  '/api/campaigns': {
    get: Operation<Page<Campaign>, { query: Paging }>;
    post: Operation<Campaign, { body: CampaignDraft }>;
  };
  '/api/campaigns/{id}': { get: Operation<Campaign, ById>; put: Operation<Campaign, ById & { body: CampaignDraft }> };
  '/api/campaigns/{id}/forecast': { post: Operation<Forecast, ById> };
  '/api/campaigns/{id}/submit': { post: Operation<Campaign, ById> };
  '/api/campaigns/{id}/approve': { post: Operation<Campaign, ById> };
  '/api/campaigns/{id}/cancel': { post: Operation<Campaign, ById> };
  '/api/campaigns/{id}/progress': { get: Operation<Progress, ById> };
  '/api/campaigns/{id}/decisions': {
    get: Operation<Page<Decision>, ById & { query: Paging & { reason?: string; arm?: string } }>;
  };
  '/api/campaigns/{id}/result': { get: Operation<CampaignResult, ById> };
  '/api/messages': { get: Operation<Page<MessageRow>, { query: Paging & { campaignId?: number; state?: string } }> };
  '/api/messages/{id}/settle': {
    post: Operation<MessageRow, { path: { id: string }; body: { state: string } }>;
  };
  '/api/sources': {
    get: Operation<Page<Source>, { query: Paging }>;
    post: Operation<Source, { body: { name: string } }>;
  };
  '/api/sources/{id}/keys': { post: Operation<{ id: number; secret: string }, ById> };
  '/api/sources/{id}/rejected': { get: Operation<Page<RejectedRecord>, ById & { query: Paging }> };
  '/api/keys': {
    get: Operation<Page<ApiKey>, { query: Paging }>;
    post: Operation<{ key: ApiKey; secret: string }, { body: { name: string; roles: string[] } }>;
  };
  '/api/keys/{id}': { delete: Operation<undefined, ById> };
  '/api/audit': { get: Operation<Page<AuditRow>, { query: Paging }> };
  '/api/imports': {
    get: Operation<Page<Import>, { query: Paging }>;
    post: Operation<Import, { body: { path: string } }>;
  };
  '/api/imports/{id}': { get: Operation<Import, ById> };
  '/api/imports/{id}/undo': { post: Operation<Import, ById> };
  '/api/clock': { get: Operation<{ businessTime: string; systemTime: string; movable: boolean }> };
  '/api/version': { get: Operation<{ version: string }> };
}
