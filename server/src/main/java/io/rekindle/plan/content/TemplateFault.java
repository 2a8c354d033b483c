package io.rekindle.plan.content;

/** Something wrong at one line of one part of a template. */
public record TemplateFault(String part, int line, String message) {
    /** As shown, e.g. {@code html line 3}. */
    public String place() {
        return "%s line %d".formatted(part, line);
    }
}
