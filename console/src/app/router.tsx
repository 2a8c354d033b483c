import { createHashRouter } from 'react-router';
import { Frame } from './Frame';
import { RouteProblem } from './RouteProblem';

// Addresses live behind the #, so the server (or a proxy serving us under a path) needs no rule to send them here.
export const router = createHashRouter([
  { path: '/sign-in', ErrorBoundary: RouteProblem, lazy: () => import('@/pages/SignInPage') },
  {
    path: '/',
    Component: Frame,
    ErrorBoundary: RouteProblem,
    HydrateFallback: () => null,
    children: [
      {
        ErrorBoundary: RouteProblem,
        children: [
          { index: true, lazy: () => import('@/pages/OverviewPage') },
          { path: 'customers', lazy: () => import('@/pages/CustomersPage') },
          { path: 'identity', lazy: () => import('@/pages/IdentityPage') },
          { path: 'customers/:id', lazy: () => import('@/pages/CustomerPage') },
          { path: 'objectives', lazy: () => import('@/pages/ObjectivesPage') },
          { path: 'objectives/:id', lazy: () => import('@/pages/ObjectivePage') },
          { path: 'tags', lazy: () => import('@/pages/TagsPage') },
          { path: 'tags/:key', lazy: () => import('@/pages/TagPage') },
          { path: 'segments', lazy: () => import('@/pages/SegmentsPage') },
          { path: 'segments/:id', lazy: () => import('@/pages/SegmentPage') },
          { path: 'offers', lazy: () => import('@/pages/OffersPage') },
          { path: 'offers/:id', lazy: () => import('@/pages/OfferPage') },
          { path: 'templates', lazy: () => import('@/pages/TemplatesPage') },
          { path: 'templates/:id', lazy: () => import('@/pages/TemplatePage') },
          { path: 'campaigns', lazy: () => import('@/pages/CampaignsPage') },
          { path: 'campaigns/:id', lazy: () => import('@/pages/CampaignPage') },
          { path: 'campaigns/:id/:step', lazy: () => import('@/pages/CampaignPage') },
          { path: 'consent', lazy: () => import('@/pages/ConsentPage') },
          { path: 'messages', lazy: () => import('@/pages/MessagesPage') },
          { path: 'sources', lazy: () => import('@/pages/SourcesPage') },
          { path: 'sources/:id', lazy: () => import('@/pages/SourcePage') },
          { path: 'quality', lazy: () => import('@/pages/QualityPage') },
          { path: 'quality/:id', lazy: () => import('@/pages/QualitySourcePage') },
          { path: 'imports', lazy: () => import('@/pages/ImportsPage') },
          { path: 'pulls', lazy: () => import('@/pages/PullsPage') },
          { path: 'imports/:id', lazy: () => import('@/pages/ImportPage') },
          { path: 'exports', lazy: () => import('@/pages/ExportsPage') },
          { path: 'data-rights', lazy: () => import('@/pages/DataRightsPage') },
          { path: 'users', lazy: () => import('@/pages/UsersPage') },
          { path: 'keys', lazy: () => import('@/pages/KeysPage') },
          { path: 'webhooks', lazy: () => import('@/pages/WebhooksPage') },
          { path: 'audit', lazy: () => import('@/pages/AuditPage') },
          { path: '*', lazy: () => import('@/pages/NotFoundPage') },
        ],
      },
    ],
  },
]);
