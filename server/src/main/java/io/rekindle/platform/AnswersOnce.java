package io.rekindle.platform;

import jakarta.servlet.ServletRequest;

/** Marks requests whose answer is not kept: one that comes again with the same {@code Idempotency-Key} is carried out again. */
public final class AnswersOnce {
    private static final String MARK = AnswersOnce.class.getName();

    private AnswersOnce() {}

    public static void mark(ServletRequest request) {
        request.setAttribute(MARK, true);
    }

    public static boolean isMarked(ServletRequest request) {
        return request.getAttribute(MARK) != null;
    }
}
