package io.rekindle.collect.intake;

/** A call that is refused as a whole: nothing of it is taken in. */
final class IntakeFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final String place;
    private final int retryAfter;

    IntakeFailure(int status, String code, String place, String message) {
        this(status, code, place, message, 0);
    }

    /** @param retryAfter seconds after which the caller is to try again; 0 when that would not help */
    IntakeFailure(int status, String code, String place, String message, int retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.place = place;
        this.retryAfter = retryAfter;
    }

    int retryAfter() {
        return retryAfter;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    /** Line and column, or the item's index; empty when it is the call itself. */
    String place() {
        return place;
    }
}
