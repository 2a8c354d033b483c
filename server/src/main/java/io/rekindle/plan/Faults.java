package io.rekindle.plan;

import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.List;

/** Gathers everything that is wrong with one thing, so that it is told at once. */
final class Faults {
    private final List<Problem.Fault> found = new ArrayList<>();

    Faults check(boolean holds, String place, String message) {
        if (!holds) found.add(new Problem.Fault(place, message));
        return this;
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
