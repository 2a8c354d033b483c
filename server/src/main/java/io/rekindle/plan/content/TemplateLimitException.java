package io.rekindle.plan.content;

/** A template that parses but cannot be rendered: it ran into a limit, or a filter refused its value. */
public final class TemplateLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String part;

    TemplateLimitException(String part, String message, Throwable cause) {
        super(message, cause);
        this.part = part;
    }

    /** The part of the message: {@code subject}, {@code html} or {@code text}. */
    public String part() {
        return part;
    }
}
