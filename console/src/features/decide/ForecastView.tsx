import { Alert, Card } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Forecast } from '@/shared/api/types';
import { useFormats, useLanguage } from '@/shared/i18n/language';
import { useLabel } from '@/shared/i18n/useLabel';
import { Chart } from '@/shared/ui/Chart';
import { Figure, Figures } from '@/shared/ui/Figure';
import { Nothing } from '@/shared/ui/QueryView';
import { funnelChart, funnelSteps } from './funnel';

interface Props {
  forecast: Forecast;
  currency: string;
  /** Of what moment it is, in words. */
  asOf: string;
}

/** Who will get it, who will not and why, and how small a difference it can prove. */
export function ForecastView({ forecast, currency, asOf }: Props) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = useLabel();
  const { language } = useLanguage();
  const steps = useMemo(
    () =>
      funnelSteps(forecast, {
        audience: t('forecast.audience'),
        heldOut: t('forecast.heldOut'),
        toSend: t('forecast.toSend'),
        reason: (code) => label('reason', code),
      }),
    [forecast, label, t],
  );
  const option = useMemo(() => funnelChart(steps, format), [steps, format]);
  const { power } = forecast;
  const smallest = power.revenue ? power.revenue.minimumDetectableDifference : power.minimumDetectableEffect;
  const { promised } = forecast;
  const tooDear = promised?.budgetLeft != null && promised.cost > promised.budgetLeft;
  return (
    <div className="stack" data-testid="forecast">
      <p className="subtle" style={{ margin: 0 }} data-testid="forecast-as-of">
        {asOf}
      </p>
      <Figures>
        <Figure label={t('forecast.audience')} value={format.number(forecast.audience)} testId="forecast-audience" />
        <Figure label={t('forecast.toSend')} value={format.number(forecast.toSend)} testId="forecast-to-send" />
        <Figure label={t('forecast.heldOut')} value={format.number(forecast.heldOut)} testId="forecast-held-out" />
        <Figure label={t('forecast.expectedCost')} value={format.money(forecast.expectedCost, currency, 2)} />
        {promised && (
          <Figure
            label={t('forecast.promised')}
            value={format.money(promised.cost, currency, 2)}
            note={
              promised.budgetLeft != null
                ? t('forecast.budgetLeft', { amount: format.money(promised.budgetLeft, currency, 2) })
                : undefined
            }
            tone={tooDear ? 'bad' : 'plain'}
            testId="forecast-promised"
          />
        )}
      </Figures>
      {tooDear && <Alert type="warning" showIcon title={t('forecast.budgetTooSmall')} data-testid="budget-too-small" />}
      <div className="columns-wide">
        <Card title={t('forecast.who')}>
          {forecast.audience === 0 ? (
            <Nothing text={t('forecast.nobody')} />
          ) : (
            <Chart
              option={option}
              height={40 + steps.length * 36}
              label={steps.map(({ name, count }) => `${name}: ${format.number(count)}`).join('; ')}
              testId="forecast-chart"
            />
          )}
        </Card>
        <Card title={t('forecast.power')}>
          <div className="stack">
            <Figure
              label={t('forecast.smallest')}
              value={
                power.revenue
                  ? format.money(power.revenue.minimumDetectableDifference, currency, 2)
                  : format.points(power.minimumDetectableEffect, 2, 'size')
              }
              note={
                power.revenue
                  ? t('forecast.againstRevenue', { amount: format.money(power.revenue.baseline, currency, 2) })
                  : t('forecast.against', { rate: format.percent(power.baselineRate, 2) })
              }
              testId="forecast-smallest"
            />
            <p className="pre-words" style={{ margin: 0 }} data-testid="power-words">
              {power.words[language]}
            </p>
            {smallest == null && <Alert type="warning" showIcon title={t('forecast.noPower')} />}
            <div className="figure-note">
              {t('forecast.terms', {
                power: format.percent(power.power, 0),
                alpha: format.percent(power.alpha, 0),
                treatment: format.number(power.sampleTreatment),
                holdout: format.number(power.sampleHoldout),
              })}
            </div>
          </div>
        </Card>
      </div>
    </div>
  );
}
