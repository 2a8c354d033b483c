import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Offer } from '@/shared/api/types';
import { useFormats } from '@/shared/i18n/language';
import { useMay } from '@/shared/session';
import { ListTable } from '@/shared/ui/ListTable';
import { useOffers } from './api/listOffers';

export function OffersTable({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const mayPlan = useMay('plan');
  const offers = useOffers();
  return (
    <ListTable<Offer>
      list={offers}
      testId="offers"
      label={t('nav.offers')}
      rowKey={(offer) => offer.id}
      empty={t('offers.empty')}
      emptyAction={mayPlan && <Link to="/offers/new">{t('offers.new')}</Link>}
      columns={[
        { title: t('common.name'), render: (_, { id, name }) => <Link to={`/offers/${id}`}>{name}</Link> },
        {
          title: t('offers.value'),
          align: 'right',
          render: (_, { kind, value, currency: own }) =>
            kind === 'percent' ? format.percent(value / 100) : format.money(value, own ?? currency, 2),
        },
        {
          title: t('offers.costPerUse'),
          align: 'right',
          render: (_, { costPerUse }) => format.money(costPerUse, currency, 2),
        },
        { title: t('offers.codes'), align: 'right', render: (_, { codes }) => format.number(codes.total) },
        { title: t('offers.assigned'), align: 'right', render: (_, { codes }) => format.number(codes.assigned) },
        { title: t('offers.redeemed'), align: 'right', render: (_, { codes }) => format.number(codes.redeemed) },
        { title: t('offers.expires'), render: (_, { expiresAt }) => format.day(expiresAt) },
      ]}
    />
  );
}
