package io.rekindle.plan;

import io.rekindle.platform.Problem;
import java.util.List;

/** A mail was not rendered because values are missing; in sending it is skipped with reason {@code template_missing_value}. */
public final class MissingValue extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem.Fault> places;

    MissingValue(List<Problem.Fault> places) {
        super("missing: "
                + String.join(
                        ", ",
                        places.stream().map(Problem.Fault::message).distinct().toList()));
        this.places = List.copyOf(places);
    }

    /** Where a value is missing, e.g. place {@code html line 3}, message {@code customer.first_name}. */
    public List<Problem.Fault> places() {
        return places;
    }
}
