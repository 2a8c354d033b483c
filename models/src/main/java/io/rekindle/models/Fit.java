package io.rekindle.models;

import java.util.List;
import java.util.Optional;

/**
 * How a maximum-likelihood fit came out: what a model card shows beside the model itself.
 *
 * <p>Standard errors come from the inverse of the Hessian of the negative log-likelihood at the estimate, by the delta method
 * where the fit works in logarithms (Fisher's information, as observed). They assume many customers and a maximum inside the
 * parameter space, which {@link #convergence} tells. Complexity: none of its own.
 *
 * @param logLikelihood of all customers at the estimate
 * @param customers number of customers the likelihood is a sum over
 * @param distinct number of different rows among them; the fit's cost is proportional to it
 * @param evaluations of the likelihood and its gradient
 * @param convergence whether the maximum lies inside the parameter space
 * @param parameters the estimates with standard errors, in the model's usual order
 * @param prior what a regularised fit believed beforehand, in words; empty for plain maximum likelihood
 */
public record Fit(
        double logLikelihood,
        int customers,
        int distinct,
        int evaluations,
        Convergence convergence,
        List<Parameter> parameters,
        Optional<String> prior) {
    public Fit {
        if (!Double.isFinite(logLikelihood))
            throw new IllegalArgumentException("log-likelihood is " + logLikelihood + ", not a number");
        parameters = List.copyOf(parameters);
    }

    /** A fit by maximum likelihood. */
    public Fit(
            double logLikelihood,
            int customers,
            int distinct,
            int evaluations,
            Convergence convergence,
            List<Parameter> parameters) {
        this(logLikelihood, customers, distinct, evaluations, convergence, parameters, Optional.empty());
    }

    /** Akaike's information criterion: smaller is better, between models on the same data. */
    public double aic() {
        return 2 * parameters.size() - 2 * logLikelihood;
    }

    /** Schwarz's (Bayesian) information criterion: smaller is better, between models on the same data. */
    public double bic() {
        return parameters.size() * Math.log(customers) - 2 * logLikelihood;
    }

    /** The standard error of the named parameter. */
    public double standardError(String parameter) {
        return parameters.stream()
                .filter(p -> p.name().equals(parameter))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no parameter %s; there are %s"
                        .formatted(
                                parameter,
                                parameters.stream().map(Parameter::name).toList())))
                .standardError();
    }
}
