package io.rekindle.plan;

import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers everything that is wrong with one thing, so that it is told at once. */
final class Faults {
    private static final BigDecimal LARGEST_AMOUNT = BigDecimal.TEN.pow(14);

    private final List<Problem.Fault> found = new ArrayList<>();

    Faults check(boolean holds, String place, String message) {
        if (!holds) found.add(new Problem.Fault(place, message));
        return this;
    }

    /** An amount of money, if given, must be one that can be stored. */
    Faults checkAmount(@Nullable BigDecimal amount, String place) {
        return check(
                amount == null || amount.abs().compareTo(LARGEST_AMOUNT) < 0,
                place,
                "an amount is below %s".formatted(LARGEST_AMOUNT.toPlainString()));
    }

    boolean none() {
        return found.isEmpty();
    }

    /** Throws when anything was found; the detail names every place. */
    void refuse(String code, String what) {
        if (found.isEmpty()) return;
        var words = String.join("; ", found.stream().map(Problem.Fault::message).toList());
        throw Problem.unprocessable(code, what + ": " + words, found);
    }
}
