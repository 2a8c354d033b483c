package io.rekindle.collect.imports;

/**
 * Why a row cannot be used: a stable reason, and words that name the column, never what stands in it: the words are for
 * whoever may see no personal data too. It carries no stack: there may be many.
 */
final class BadRow extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    BadRow(String reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
