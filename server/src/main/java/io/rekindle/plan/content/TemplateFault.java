package io.rekindle.plan.content;

import io.rekindle.platform.Problem.Fault;

/**
 * Something wrong at one line of one part of a template.
 *
 * @param what the fault, of no place
 */
public record TemplateFault(String part, int line, Fault what) {
    /** As shown, e.g. {@code html line 3}. */
    public String place() {
        return "%s line %d".formatted(part, line);
    }

    public String message() {
        return what.message();
    }

    /** The fault with its place. */
    public Fault told() {
        return what.at(place());
    }
}
