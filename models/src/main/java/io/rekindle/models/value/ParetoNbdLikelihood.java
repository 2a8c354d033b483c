package io.rekindle.models.value;

import io.rekindle.models.numeric.Minimizer;
import org.hipparchus.special.Gamma;

/**
 * The negative mean log-likelihood of Pareto/NBD and its gradient in (ln r, ln α, ln s, ln β), with time measured in a unit
 * of choice. The formula stands in {@link ParetoNbd}. With q the probability that the customer has left and E the mean over
 * the time of leaving τ the derivatives by the plain parameters are
 *
 * <pre>  r: ψ(r+x) − ψ(r) + ln α − (1−q) ln(α+T) − q E[ln(α+τ)]
 *  α: r/α − (r+x) [(1−q) / (α+T) + q E[1/(α+τ)]]
 *  s: ln β − (1−q) ln(β+T) + q (1/s − E[ln(β+τ)])
 *  β: s/β − (1−q) s / (β+T) − q (s+1) E[1/(β+τ)]</pre>
 */
final class ParetoNbdLikelihood implements Minimizer.Objective {
    private final Triples triples;
    private final double unit;

    ParetoNbdLikelihood(Triples triples, double unit) {
        this.triples = triples;
        this.unit = unit;
    }

    @Override
    public double value(double[] point, double[] gradient) {
        double r = Math.exp(point[0]);
        double alpha = Math.exp(point[1]);
        double s = Math.exp(point[2]);
        double beta = Math.exp(point[3]);
        double sum = 0;
        double byR = 0;
        double byAlpha = 0;
        double byS = 0;
        double byBeta = 0;
        double gammaR = Gamma.logGamma(r);
        double psiR = Gamma.digamma(r);
        int[] frequencies = triples.frequencies;
        for (int k = 0; k < frequencies.length; k++) {
            double weight = triples.frequencyWeight[k];
            double shape = r + frequencies[k];
            sum += weight * (Gamma.logGamma(shape) - gammaR + r * point[1] + s * point[3]);
            byR += weight * (Gamma.digamma(shape) - psiR + point[1]);
            byAlpha += weight * r / alpha;
            byS += weight * point[3];
            byBeta += weight * s / beta;
        }
        var dropOut = new DropOut();
        for (int i = 0; i < triples.size(); i++) {
            double weight = triples.weight[i];
            double age = triples.age[i] / unit;
            dropOut.at(r, alpha, s, beta, triples.frequency[i], triples.recency[i] / unit, age);
            double q = dropOut.left;
            double stays = 1 - q;
            sum += weight * dropOut.logSum;
            byR -= weight * (stays * Math.log(alpha + age) + q * dropOut.meanLogAlpha);
            byAlpha -= weight * (r + triples.frequency[i]) * (stays / (alpha + age) + q * dropOut.meanInverseAlpha);
            byS += weight * (q * (1 / s - dropOut.meanLogBeta) - stays * Math.log(beta + age));
            byBeta -= weight * (stays * s / (beta + age) + q * (s + 1) * dropOut.meanInverseBeta);
        }
        double rows = triples.rows;
        gradient[0] = -byR * r / rows;
        gradient[1] = -byAlpha * alpha / rows;
        gradient[2] = -byS * s / rows;
        gradient[3] = -byBeta * beta / rows;
        return -sum / rows;
    }
}
