package io.rekindle.plan;

import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Gathers everything that is wrong with one thing, so that it is told at once. */
final class Faults {
    private static final BigDecimal LARGEST_AMOUNT = BigDecimal.TEN.pow(14);

    private static final int MOST_TOLD = 10;

    private final List<Fault> found = new ArrayList<>();

    Faults check(boolean holds, Fault fault) {
        if (!holds) found.add(fault);
        return this;
    }

    void add(Fault fault) {
        found.add(fault);
    }

    /** An amount of money, if given, must be one that can be stored. */
    Faults checkAmount(@Nullable BigDecimal amount, String place) {
        return check(
                amount == null || amount.abs().compareTo(LARGEST_AMOUNT) < 0,
                new Fault(place, "amount_too_large", "an amount is below {limit}")
                        .with("limit", LARGEST_AMOUNT.toPlainString()));
    }

    List<Fault> found() {
        return found;
    }

    boolean none() {
        return found.isEmpty();
    }

    /** Throws when anything was found what is made of the words of the first ones. */
    void refuse(Function<String, Problem> problem) {
        if (found.isEmpty()) return;
        var words = found.stream().limit(MOST_TOLD).map(Fault::message).collect(Collectors.joining("; "));
        if (found.size() > MOST_TOLD) words += "; and %d more".formatted(found.size() - MOST_TOLD);
        throw problem.apply(words);
    }
}
