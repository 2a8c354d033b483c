package io.rekindle.models.value;

import io.rekindle.models.numeric.Minimizer;
import org.hipparchus.special.Gamma;

/**
 * The negative mean log-likelihood of BG/NBD, or of MBG/NBD, and its gradient in (ln r, ln α, ln a, ln b), with time
 * measured in a unit of choice. The formulas stand in {@link BgNbd} and {@link MbgNbd}. MBG/NBD's is that of BG/NBD with
 * b + 1 in place of b, the bracket's second term for x = 0 too, and b / (a + b) before everything: below, b stands for
 * either. With q the share of the second term of its bracket (the customer left at
 * the last purchase) the derivatives by the plain parameters are
 *
 * <pre>  r: ψ(r+x) − ψ(r) + ln α − (1−q) ln(α+T) − q ln(α+t_x)
 *  α: r/α − (r+x) [(1−q) / (α+T) + q / (α+t_x)]
 *  a: ψ(a+b) − ψ(a+b+x) + q/a
 *  b: ψ(b+x) − ψ(b) + ψ(a+b) − ψ(a+b+x) − q / (b+x−1)</pre>
 */
final class BgNbdLikelihood implements Minimizer.Objective {
    private final Triples triples;
    private final double unit;
    private final boolean fromFirst;

    /** @param fromFirst whether customers may leave after the first purchase already (MBG/NBD) */
    BgNbdLikelihood(Triples triples, double unit, boolean fromFirst) {
        this.triples = triples;
        this.unit = unit;
        this.fromFirst = fromFirst;
    }

    @Override
    public double value(double[] point, double[] gradient) {
        double r = Math.exp(point[0]);
        double alpha = Math.exp(point[1]);
        double a = Math.exp(point[2]);
        double plainB = Math.exp(point[3]);
        double b = fromFirst ? plainB + 1 : plainB;
        double logAlpha = point[1];
        double sum = 0;
        double byR = 0;
        double byAlpha = 0;
        double byA = 0;
        double byB = 0;

        double gammaR = Gamma.logGamma(r);
        double gammaB = Gamma.logGamma(b);
        double gammaAb = Gamma.logGamma(a + b);
        double psiR = Gamma.digamma(r);
        double psiB = Gamma.digamma(b);
        double psiAb = Gamma.digamma(a + b);
        int[] frequencies = triples.frequencies;
        double[] logLeft = new double[frequencies.length];
        for (int k = 0; k < frequencies.length; k++) {
            double x = frequencies[k];
            double weight = triples.frequencyWeight[k];
            double psiAbx = Gamma.digamma(a + b + x);
            sum += weight
                    * (Gamma.logGamma(r + x)
                            - gammaR
                            + Gamma.logGamma(b + x)
                            - Gamma.logGamma(a + b + x)
                            + gammaAb
                            - gammaB);
            byR += weight * (Gamma.digamma(r + x) - psiR + logAlpha);
            byA += weight * (psiAb - psiAbx);
            byB += weight * (Gamma.digamma(b + x) - psiB + psiAb - psiAbx);
            if (x > 0 || fromFirst) logLeft[k] = Math.log(a / (b + x - 1));
        }

        double left = 0;
        for (int i = 0; i < triples.size(); i++) {
            double x = triples.frequency[i];
            double weight = triples.weight[i];
            double untilEnd = alpha + triples.age[i] / unit;
            double logEnd = Math.log(untilEnd);
            if (x == 0 && !fromFirst) {
                sum += weight * r * (logAlpha - logEnd);
                byR -= weight * logEnd;
                byAlpha += weight * (r / alpha - r / untilEnd);
                continue;
            }
            double untilLast = alpha + triples.recency[i] / unit;
            double logLast = Math.log(untilLast);
            double stayed = -(r + x) * logEnd;
            double odds = logLeft[triples.frequencyPlace[i]] + (r + x) * (logEnd - logLast);
            double tail = Math.exp(-Math.abs(odds));
            double q = odds > 0 ? 1 / (1 + tail) : tail / (1 + tail);
            sum += weight * (r * logAlpha + stayed + Math.max(odds, 0) + Math.log1p(tail));
            byR -= weight * (logEnd + q * (logLast - logEnd));
            byAlpha += weight * (r / alpha - (r + x) * ((1 - q) / untilEnd + q / untilLast));
            left += weight * q;
            byB -= weight * q / (b + x - 1);
        }
        byA += left / a;

        double rows = triples.rows;
        if (fromFirst) {
            sum += rows * (point[3] - Math.log(a + plainB));
            byA -= rows / (a + plainB);
            byB += rows * (1 / plainB - 1 / (a + plainB));
        }
        gradient[0] = -byR * r / rows;
        gradient[1] = -byAlpha * alpha / rows;
        gradient[2] = -byA * a / rows;
        gradient[3] = -byB * plainB / rows;
        return -sum / rows;
    }
}
