import { Alert, Card, Descriptions, Table, Tag } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CampaignResult, LiftMeasure } from '@/shared/api/types';
import type { Formats } from '@/shared/format';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Chart } from '@/shared/ui/Chart';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Nothing } from '@/shared/ui/QueryView';
import { conversionChart, intervalChart, side } from './charts';

interface Props {
  result: CampaignResult;
  currency: string;
}

/** What the campaign changed, as far as can be told; what it merely accompanied stands second. */
export function ResultView({ result, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <div className="stack" data-testid="result" data-state={result.state}>
      <Verdict result={result} />
      <Figures>
        <Figure label={t('result.audience')} value={format.number(result.audience)} />
        <Figure label={t('result.eligible')} value={format.number(result.eligible)} />
        <Figure label={t('result.heldOut')} value={format.number(result.heldOut)} testId="result-held-out" />
        <Figure label={t('messageState.sent')} value={format.number(result.sent)} testId="result-sent" />
        <Figure label={t('messageState.delivered')} value={format.number(result.delivered)} />
        <Figure
          label={t('messageState.failed')}
          value={format.number(result.failed)}
          tone={result.failed > 0 ? 'bad' : 'plain'}
        />
      </Figures>
      <Lift
        lift={result.lift}
        currency={currency}
        detectable={{
          conversion: result.forecast?.power.minimumDetectableEffect ?? null,
          netRevenuePerCustomer: result.forecast?.power.revenue?.minimumDetectableDifference ?? null,
        }}
      />
      <div className="columns-wide">
        <Curve result={result} />
        <Money result={result} currency={currency} />
      </div>
      <div className="columns-wide">
        <Review result={result} currency={currency} />
        <div className="stack">
          <SampleRatio result={result} />
          <Attributed result={result} currency={currency} />
        </div>
      </div>
    </div>
  );
}

function Verdict({ result }: { result: CampaignResult }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const format = useFormats();
  if (result.state === 'waiting') {
    return (
      <section className="verdict" data-testid="verdict">
        <h2>{t('result.waiting')}</h2>
        <div className="subtle">
          {t('result.closes', { at: format.moment(result.windowClosesAt), result: format.moment(result.resultAt) })}
        </div>
      </section>
    );
  }
  const known = ['positive', 'negative', 'no_difference', 'not_measurable'] as const;
  const verdict = known.find((one) => one === result.verdict) ?? 'not_measurable';
  return (
    <section className={`verdict verdict-${verdict}`} data-testid="verdict" data-verdict={verdict}>
      <h2>{t(`result.verdict.${verdict}`)}</h2>
      {!result.notMeasurable && (
        <div className="pre-words" data-testid="verdict-words">
          {result.words[language]}
        </div>
      )}
      {(result.lateOrders ?? 0) > 0 && (
        <Alert
          style={{ marginTop: 12 }}
          type="info"
          showIcon
          title={t('result.late', { orders: format.number(result.lateOrders) })}
        />
      )}
      {result.notMeasurable && (
        <Alert
          style={{ marginTop: 12 }}
          type="warning"
          showIcon
          title={result.notMeasurable.reason[language]}
          description={t('result.wouldTake', { what: result.notMeasurable.whatItWouldTake[language] })}
        />
      )}
    </section>
  );
}

interface Measure {
  key: 'conversion' | 'orders' | 'netRevenuePerCustomer';
  level: (value: number) => string;
  difference: (value: number) => string;
  /** A difference on the axis, where there is little room. */
  mark: (value: number) => string;
}

const measures = (format: Formats, currency: string): Measure[] => [
  {
    key: 'conversion',
    level: (value) => format.percent(value, 2),
    difference: (value) => format.points(value, 2),
    mark: (value) => format.signed(value * 100, 1),
  },
  {
    key: 'orders',
    level: (value) => format.number(value, 4),
    difference: (value) => format.signed(value, 4),
    mark: (value) => format.signed(value, 2),
  },
  {
    key: 'netRevenuePerCustomer',
    level: (value) => format.money(value, currency, 2),
    difference: (value) => format.signedMoney(value, currency, 2),
    mark: (value) => format.signedMoney(value, currency),
  },
];

function Lift({
  lift,
  currency,
  detectable,
}: {
  lift: CampaignResult['lift'];
  currency: string;
  detectable: { conversion: number | null; netRevenuePerCustomer: number | null };
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const told = detectable.conversion !== null || detectable.netRevenuePerCustomer !== null;
  return (
    <Card title={t('result.lift')} data-testid="lift">
      <p className="subtle" style={{ marginTop: 0 }}>
        {t('result.liftWords')} {told && t('result.dashed')}
      </p>
      <div className="columns" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 300px), 1fr))' }}>
        {measures(format, currency).map((measure) => (
          <LiftOf
            key={measure.key}
            measure={measure}
            lift={lift[measure.key] ?? null}
            detectable={measure.key === 'orders' ? null : detectable[measure.key]}
          />
        ))}
      </div>
    </Card>
  );
}

function LiftOf({
  measure,
  lift,
  detectable,
}: {
  measure: Measure;
  lift: LiftMeasure | null;
  detectable: number | null;
}) {
  const { t } = useTranslation();
  const name = t(`result.measure.${measure.key}`);
  if (lift) return <MeasuredLift measure={measure} lift={lift} detectable={detectable} />;
  return (
    <section aria-label={name} data-testid={`lift-${measure.key}`}>
      <div className="figure-label">{name}</div>
      <div className="figure-value subtle">–</div>
      <div className="figure-note">{t('result.verdict.not_measurable')}</div>
    </section>
  );
}

function MeasuredLift({
  measure,
  lift,
  detectable,
}: {
  measure: Measure;
  lift: LiftMeasure;
  detectable: number | null;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const { difference, level, mark } = measure;
  const option = useMemo(
    () => intervalChart(lift, difference, mark, t('result.noDifference'), detectable),
    [lift, difference, mark, detectable, t],
  );
  const spoken = t('result.interval', {
    estimate: difference(lift.estimate),
    low: difference(lift.low),
    high: difference(lift.high),
  });
  const name = t(`result.measure.${measure.key}`);
  return (
    <section aria-label={name} data-testid={`lift-${measure.key}`}>
      <div className="figure-label">{name}</div>
      <div
        className="figure-value"
        data-testid={`lift-${measure.key}-estimate`}
        style={{ color: LIFT_TEXT[side(lift)] }}
      >
        {difference(lift.estimate)}
      </div>
      <div className="figure-note">
        {t('result.between', { low: difference(lift.low), high: difference(lift.high) })} · {format.p(lift.p)}
      </div>
      <Chart option={option} height={110} label={`${name}: ${spoken}`} testId={`lift-${measure.key}-chart`} />
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span>
          <span className="tag-dot" style={{ background: '#d9682b' }} aria-hidden /> {t('arm.treatment')}{' '}
          <strong className="num">{level(lift.treatment)}</strong>
        </span>
        <span>
          <span className="tag-dot" style={{ background: '#7c8a95' }} aria-hidden /> {t('arm.holdout')}{' '}
          <strong className="num">{level(lift.holdout)}</strong>
        </span>
      </div>
    </section>
  );
}

const LIFT_TEXT = { above: '#2f7a4b', below: '#b03a2f', across: '#22303a' } as const;

function Curve({ result }: { result: CampaignResult }) {
  const { t } = useTranslation();
  const format = useFormats();
  const option = useMemo(
    () =>
      conversionChart(result.series, format, {
        treatment: t('arm.treatment'),
        holdout: t('arm.holdout'),
        day: (day) => t('result.day', { day }),
      }),
    [result.series, format, t],
  );
  return (
    <Card title={t('result.curve')}>
      {result.series.length === 0 ? (
        <Nothing text={t('result.noCurve')} />
      ) : (
        <Chart option={option} height={280} label={t('result.curve')} testId="conversion-chart" />
      )}
    </Card>
  );
}

function Money({ result, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const { cost, netGain } = result;
  return (
    <Card title={t('result.money')}>
      <div className="stack">
        {netGain ? (
          <Figure
            label={t('result.netGain')}
            value={format.signedMoney(netGain.estimate, currency)}
            note={t('result.between', {
              low: format.signedMoney(netGain.low, currency),
              high: format.signedMoney(netGain.high, currency),
            })}
            tone={side(netGain) === 'above' ? 'good' : side(netGain) === 'below' ? 'bad' : 'plain'}
            testId="net-gain"
          />
        ) : (
          <Nothing text={t('result.noGain')} />
        )}
        {cost && (
          <Descriptions
            size="small"
            column={1}
            items={[
              { key: 'messages', label: t('result.messageCost'), children: format.money(cost.messages, currency, 2) },
              { key: 'offers', label: t('result.offerCost'), children: format.money(cost.offers, currency, 2) },
              {
                key: 'total',
                label: t('result.totalCost'),
                children: <strong>{format.money(cost.total, currency, 2)}</strong>,
              },
            ]}
          />
        )}
        <div className="figure-note">{t('result.netWords')}</div>
      </div>
    </Card>
  );
}

function SampleRatio({ result }: { result: CampaignResult }) {
  const { t } = useTranslation();
  const format = useFormats();
  const check = result.sampleRatio;
  if (!check) {
    return null;
  }
  return (
    <Card
      size="small"
      title={t('result.sampleRatio')}
      extra={<Tag color={check.ok ? 'green' : 'red'}>{check.ok ? t('result.ratioOk') : t('result.ratioBad')}</Tag>}
      data-testid="sample-ratio"
    >
      {t('result.ratioWords', {
        expected: format.number(check.expectedHoldout, 1),
        observed: format.number(check.observedHoldout),
        p: format.p(check.p),
      })}
    </Card>
  );
}

function Attributed({ result, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!result.attributed) {
    return null;
  }
  return (
    <Card size="small" className="second" title={t('result.attributed')} data-testid="attributed">
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'orders', label: t('overview.orders'), children: format.number(result.attributed.orders) },
          {
            key: 'revenue',
            label: t('overview.revenue'),
            children: format.money(result.attributed.revenue, currency, 2),
          },
        ]}
      />
      <div className="figure-note" style={{ marginTop: 8 }}>
        {t('result.attributedWords')}
      </div>
    </Card>
  );
}

interface ReviewRow {
  key: string;
  name: string;
  forecast: ReactNode;
  result: ReactNode;
}

/** What was wanted, what was foreseen, what came. */
function Review({ result, currency }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const { forecast, objective, lift } = result;
  const rows: ReviewRow[] = [
    {
      key: 'audience',
      name: t('result.audience'),
      forecast: format.number(forecast?.audience),
      result: format.number(result.audience),
    },
    {
      key: 'heldOut',
      name: t('result.heldOut'),
      forecast: format.number(forecast?.heldOut),
      result: format.number(result.heldOut),
    },
    {
      key: 'sent',
      name: t('messageState.sent'),
      forecast: format.number(forecast?.toSend),
      result: format.number(result.sent),
    },
    {
      key: 'cost',
      name: t('result.totalCost'),
      forecast: format.money(forecast?.expectedCost, currency, 2),
      result: format.money(result.cost?.total, currency, 2),
    },
    {
      key: 'base',
      name: t('result.baseRate'),
      forecast: format.percent(forecast?.power.baselineRate, 2),
      result: format.percent(lift.conversion?.holdout, 2),
    },
    {
      key: 'lift',
      name: t('result.conversionLift'),
      forecast: t('result.canSee', { smallest: format.points(forecast?.power.minimumDetectableEffect, 2, 'size') }),
      result: format.points(lift.conversion?.estimate, 2),
    },
    ...(forecast?.power.revenue
      ? [
          {
            key: 'revenue',
            name: t('result.measure.netRevenuePerCustomer'),
            forecast: t('result.canSee', {
              smallest: format.money(forecast.power.revenue.minimumDetectableDifference, currency, 2),
            }),
            result: format.signedMoney(lift.netRevenuePerCustomer?.estimate, currency, 2),
          },
        ]
      : []),
  ];
  const inPercent = objective && (objective.unit === 'relative' || objective.metric.endsWith('_rate'));
  const level = (value: number | null | undefined) =>
    objective?.metric.endsWith('_rate') ? format.percent(value, 2) : format.money(value, currency, 2);
  return (
    <Card title={t('result.review')} data-testid="review">
      <div className="stack">
        {objective && (
          <Descriptions
            size="small"
            column={1}
            items={[
              { key: 'name', label: t('campaigns.objective'), children: objective.name },
              {
                key: 'target',
                label: t('objectives.target'),
                children: `${label('metric', objective.metric)} ${
                  objective.unit === 'relative'
                    ? format.percent(objective.target)
                    : inPercent
                      ? format.points(objective.target, 2)
                      : format.signedMoney(objective.target, currency, 2)
                }`,
              },
              { key: 'baseline', label: t('objectives.baseline'), children: level(objective.baseline) },
              ...(objective.current == null
                ? []
                : [
                    {
                      key: 'current',
                      label: t('objectives.current'),
                      children: `${level(objective.current)} (${label('measuring', objective.measured)})`,
                    },
                  ]),
              ...(objective.progress == null
                ? []
                : [
                    {
                      key: 'progress',
                      label: t('objectives.progress'),
                      children: format.percent(objective.progress, 0),
                    },
                  ]),
            ]}
          />
        )}
        <Table<ReviewRow>
          size="small"
          pagination={false}
          rowKey="key"
          dataSource={rows}
          aria-label={t('result.review')}
          columns={[
            { title: '', dataIndex: 'name' },
            { title: t('result.forecast'), align: 'right', className: 'num', dataIndex: 'forecast' },
            { title: t('result.result'), align: 'right', className: 'num', dataIndex: 'result' },
          ]}
        />
      </div>
    </Card>
  );
}
