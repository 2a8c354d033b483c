import { Card, Descriptions, Tag as Chip, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Customer } from '@/shared/api/types';
import { calledBy, useCards } from '@/shared/api/useCards';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { Nothing, QueryView } from '@/shared/ui/QueryView';
import { SetTag } from './SetTag';
import { useCustomerSegments } from './api/readCustomerSegments';

/** What is said of the customer, what to do next, where they belong, and whom they have to do with. */
export function AroundCustomer({ customer, currency }: { customer: Customer; currency: string }) {
  const { t } = useTranslation();
  return (
    <div className="columns columns-three">
      <Card title={t('around.next')} data-testid="next-action">
        <Next customer={customer} currency={currency} />
      </Card>
      <Card
        title={t('around.tags')}
        extra={<SetTag customerId={customer.customerId} held={customer.tags.map(({ key }) => key)} />}
        data-testid="customer-tags"
      >
        <Tags customer={customer} />
      </Card>
      <Card title={t('around.segments')}>
        <Segments customer={customer} />
      </Card>
      {customer.sections.map((section) => (
        <Card key={section.kind} title={t(`around.section.${section.kind}`)} data-testid={`section-${section.kind}`}>
          <Figures section={section} />
        </Card>
      ))}
    </div>
  );
}

function Next({ customer, currency }: { customer: Customer; currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const next = customer.nextAction;
  if (!next) {
    return <Nothing text={t('around.noNext')} />;
  }
  return (
    <div className="stack" style={{ gap: 6 }}>
      <strong>{t(`around.action.${next.action}`)}</strong>
      {next.expectedValue !== null && next.expectedValue !== undefined && (
        <div>{t('around.atStake', { value: format.money(next.expectedValue, currency, 0) })}</div>
      )}
      <div className="figure-note">{t('around.byRule', { stage: t(`stage.${next.stage}`) })}</div>
    </div>
  );
}

const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function Tags({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const format = useFormats();
  if (customer.tags.length === 0) {
    return <Nothing text={t('around.noTags')} />;
  }
  return (
    <div className="row" style={{ flexWrap: 'wrap', gap: 6 }}>
      {customer.tags.map((tag) => (
        <Tooltip key={tag.key} title={t('customer.since', { day: format.day(tag.at) })}>
          <Chip style={{ whiteSpace: 'normal' }}>
            {tag.name[language]}
            {(tag.value as unknown) === true ? '' : `: ${word(tag.value)}`}
          </Chip>
        </Tooltip>
      ))}
    </div>
  );
}

function Segments({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const segments = useCustomerSegments(customer.customerId);
  const { cards } = useCards(customer.relations.map((relation) => relation.customerId));
  return (
    <div className="stack">
      <QueryView query={segments}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing text={t('around.noSegments')} />
          ) : (
            <div className="row" style={{ flexWrap: 'wrap', gap: 6 }}>
              {items.map(({ id, name }) => (
                <Link key={id} to={`/segments/${id}`}>
                  <Chip style={{ whiteSpace: 'normal' }}>{name}</Chip>
                </Link>
              ))}
            </div>
          )
        }
      </QueryView>
      {customer.relations.length > 0 && (
        <Descriptions
          column={1}
          size="small"
          title={t('around.relations')}
          items={customer.relations.map(({ kind, customerId }) => ({
            key: `${kind} ${customerId}`,
            label: t(`around.relation.${kind}`),
            children: <Link to={`/customers/${customerId}`}>{calledBy(customerId, cards.get(customerId))}</Link>,
          }))}
        />
      )}
    </div>
  );
}

function Figures({ section }: { section: Customer['sections'][number] }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (section.figures.length === 0) {
    return <Nothing text={t(`around.fills.${section.kind}`)} />;
  }
  return (
    <Descriptions
      column={1}
      size="small"
      items={section.figures.map(({ name, number, at }) => ({
        key: name,
        label: t(`around.figure.${name}`),
        children: at ? format.moment(at) : format.number(number ?? 0),
      }))}
    />
  );
}
