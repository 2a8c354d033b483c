package io.rekindle.collect.intake;

/** A call that is refused as a whole: nothing of it is taken in. */
final class IntakeFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final String place;

    IntakeFailure(int status, String code, String place, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.place = place;
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
