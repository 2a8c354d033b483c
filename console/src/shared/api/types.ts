import type { components, paths } from './schema';

type Content<R> = R extends { content: infer C } ? C[keyof C] : never;
type Success<O> = O extends { responses: infer R }
  ? R extends { 200: infer A }
    ? Content<A>
    : R extends { 201: infer A }
      ? Content<A>
      : R extends { 202: infer A }
        ? Content<A>
        : never
  : never;
type Sent<O> = O extends { requestBody?: { content: infer C } } ? C[keyof C] : never;

/** What the server answers to this call. */
export type Answer<P extends keyof paths, M extends keyof paths[P]> = Success<paths[P][M]>;
/** What the server expects in the body of this call. */
export type Body<P extends keyof paths, M extends keyof paths[P]> = Sent<paths[P][M]>;
type Item<T> = T extends { items: (infer I)[] } ? I : never;

export type Session = Answer<'/api/session', 'get'>;
export type Overview = Answer<'/api/overview', 'get'>;
export type CustomerRow = Item<Answer<'/api/customers', 'get'>>;
export type Customer = Answer<'/api/customers/{id}', 'get'>;
export type Look = Item<Answer<'/api/customers/{id}/accesses', 'get'>>;
export type CustomerDecision = Customer['decisions'][number];
export type CustomerMessage = Customer['messages'][number];
export type TimelineItem = Item<Answer<'/api/customers/{id}/timeline', 'get'>>;
export type Objective = Answer<'/api/objectives/{id}', 'get'>;
export type ObjectiveDraft = Body<'/api/objectives', 'post'>;
export type Tag = Answer<'/api/tags/{key}', 'get'>;
export type Segment = Answer<'/api/segments/{id}', 'get'>;
export type SegmentPreview = Answer<'/api/segments/preview', 'post'>;
export type SegmentField = Item<Answer<'/api/segments/fields', 'get'>>;
export type Offer = Answer<'/api/offers/{id}', 'get'>;
export type OfferDraft = Body<'/api/offers', 'post'>;
export type Template = Answer<'/api/templates/{id}', 'get'>;
export type TemplateDraft = Body<'/api/templates', 'post'>;
export type Campaign = Answer<'/api/campaigns/{id}', 'get'>;
export type CampaignDraft = Body<'/api/campaigns', 'post'>;
export type Forecast = Answer<'/api/campaigns/{id}/forecast', 'post'>;
export type Progress = Answer<'/api/campaigns/{id}/progress', 'get'>;
export type Decision = Item<Answer<'/api/campaigns/{id}/decisions', 'get'>>;
export type CampaignResult = Answer<'/api/campaigns/{id}/result', 'get'>;
export type LiftMeasure = NonNullable<CampaignResult['lift']['conversion']>;
export type Message = Item<Answer<'/api/messages', 'get'>>;
export type Source = Item<Answer<'/api/sources', 'get'>>;
export type QualitySource = Item<Answer<'/api/quality/sources', 'get'>>;
export type QualityDay = QualitySource['days'][number];
export type QualityField = Item<Answer<'/api/quality/sources/{id}/fields', 'get'>>;
export type QualityAlert = Item<Answer<'/api/quality/alerts', 'get'>>;
export type RejectedRecord = Item<Answer<'/api/sources/{id}/rejected', 'get'>>;
export type Credentials = Body<'/api/session', 'post'>;
export type Role = Session['roles'][number];
export type KeyDraft = Body<'/api/keys', 'post'>;
export type ApiKey = Item<Answer<'/api/keys', 'get'>>;
export type User = Item<Answer<'/api/users', 'get'>>;
export type UserDraft = Body<'/api/users', 'post'>;
export type Webhook = Item<Answer<'/api/webhooks', 'get'>>;
export type WebhookDraft = Body<'/api/webhooks', 'post'>;
export type WebhookDelivery = Item<Answer<'/api/webhooks/{id}/deliveries', 'get'>>;
export type Export = Item<Answer<'/api/exports', 'get'>>;
export type ExportDraft = Body<'/api/exports', 'post'>;
export type ExportRun = Item<Answer<'/api/exports/{id}/runs', 'get'>>;
export type ExportedFile = Item<Answer<'/api/exports/{id}/files', 'get'>>;
export type AuditRow = Item<Answer<'/api/audit', 'get'>>;
export type Database = Item<Answer<'/api/databases', 'get'>>;
export type DatabaseDraft = Body<'/api/databases', 'post'>;
export type Pull = Item<Answer<'/api/pulls', 'get'>>;
export type PullDraft = Body<'/api/pulls', 'post'>;
export type PullRun = Item<Answer<'/api/pulls/{id}/runs', 'get'>>;
export type PullSight = Body<'/api/databases/{id}/preview', 'post'>;
export type PullPreview = Answer<'/api/databases/{id}/preview', 'post'>;
export type WatchedFolder = Item<Answer<'/api/watched-folders', 'get'>>;
export type FolderDraft = Body<'/api/watched-folders', 'post'>;
export type FolderFile = Item<Answer<'/api/watched-folders/{id}/files', 'get'>>;
export type Upload = Answer<'/api/imports/uploads', 'post'>;
export type ImportMapping = components['schemas']['io.rekindle.collect.ImportMapping'];
export type ImportKind = Import['kind'];
export type KindOfImport = Answer<'/api/imports/kinds', 'get'>[number];
export type ImportReject = Item<Answer<'/api/imports/{id}/rejected', 'get'>>;
export type Import = Answer<'/api/imports/{id}', 'get'>;

/** One page of a list and the cursor of the next, null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A sentence the server wrote in both languages. */
export type Words = components['schemas']['io.rekindle.segment.Words'];
/** How a call fails. */
export type ProblemDetails = components['schemas']['Problem'];
