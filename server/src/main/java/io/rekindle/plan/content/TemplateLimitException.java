package io.rekindle.plan.content;

/** A template that parses but cannot be rendered: it ran into a limit, or a filter refused its value. */
public final class TemplateLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateLimitException(String message, Throwable cause) {
        super(message, cause);
    }
}
