package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What an objective can be measured by, over a window of days: a new metric is one more constant. Each is an average
 * over some of the base customers: the objective's segment as it was when the window began, or, without a segment,
 * everybody who had ordered before it. The two pieces of SQL read one row per base customer with {@code before} (orders
 * before the window), {@code previous} (orders in the window of the same length before it), {@code inside} (orders in
 * the window) and {@code revenue} (net revenue in the window).
 */
public enum ObjectiveMetric {
    /** Of the customers who had ever ordered: the share that ordered in the window. */
    REPURCHASE_RATE("repurchase_rate", true, "before > 0", "case when inside > 0 then 1.0 else 0.0 end"),
    /** Of the customers who ordered in the window before: the share that ordered again in this one. */
    RETENTION_RATE("retention_rate", true, "previous > 0", "case when inside > 0 then 1.0 else 0.0 end"),
    /** Of the customers who had ordered, but not in the window before: the share that came back in this one. */
    REACTIVATION_RATE(
            "reactivation_rate", true, "before > 0 and previous = 0", "case when inside > 0 then 1.0 else 0.0 end"),
    /** Revenue of the window, net of discounts, refunds and cancellations, per base customer. */
    REVENUE_PER_CUSTOMER("revenue_per_customer", false, "true", "cast(revenue as double)");

    private final String code;
    private final boolean rate;
    private final String population;
    private final String value;

    ObjectiveMetric(String code, boolean rate, String population, String value) {
        this.code = code;
        this.rate = rate;
        this.population = population;
        this.value = value;
    }

    @JsonValue
    public String code() {
        return code;
    }

    /** Whether it is a share between 0 and 1; otherwise it is an amount of money. */
    public boolean isRate() {
        return rate;
    }

    String population() {
        return population;
    }

    String value() {
        return value;
    }

    @JsonCreator
    static ObjectiveMetric of(String code) {
        return Arrays.stream(values())
                .filter(metric -> metric.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is not a metric; there are %s"
                        .formatted(
                                code,
                                Arrays.stream(values())
                                        .map(ObjectiveMetric::code)
                                        .collect(Collectors.joining(", ")))));
    }
}
