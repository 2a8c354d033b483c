import { useTranslation } from 'react-i18next';
import { useCurrency } from '@/features/analyse/useCurrency';
import { useOffer } from '@/features/plan/api/readOffer';
import { OfferCodes } from '@/features/plan/OfferCodes';
import { OfferForm } from '@/features/plan/OfferForm';
import { useClock } from '@/features/platform/api/readClock';
import type { Offer } from '@/shared/api/types';
import { useMay } from '@/shared/session';
import { Page } from '@/shared/ui/Page';
import { QueryView } from '@/shared/ui/QueryView';
import { useThing } from './useThing';

export function Component() {
  const { t } = useTranslation();
  const { given, id, saved } = useThing('/offers', t('offers.saved'));
  const offer = useOffer(id);
  const clock = useClock();
  const currency = useCurrency();
  const mayPlan = useMay('plan');
  const view = (one: Offer | null) => (
    <div className="columns">
      <OfferForm
        key={given}
        offer={one}
        currency={currency}
        today={clock.data?.businessTime}
        mayEdit={mayPlan}
        saved={saved}
      />
      {one && <OfferCodes offer={one} mayEdit={mayPlan} />}
    </div>
  );
  return (
    <Page
      title={id === null ? t('offers.new') : (offer.data?.name ?? t('offers.title'))}
      back={{ to: '/offers', label: t('nav.offers') }}
      testId="page-offer"
    >
      {id === null ? view(null) : <QueryView query={offer}>{view}</QueryView>}
    </Page>
  );
}
