package io.rekindle.platform;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure told to its cause: what happened, to which thing, what to do next, under a stable code. The HTTP face
 * renders it as problem details (RFC 9457), the command line as one line.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Whose fault it is, and what the HTTP status says of it. */
    public enum Kind {
        INVALID(400),
        UNAUTHENTICATED(401),
        FORBIDDEN(403),
        NOT_FOUND(404),
        CONFLICT(409),
        TOO_LARGE(413),
        UNPROCESSABLE(422),
        TOO_MANY(429),
        OUTSIDE(502),
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** One fault of several: the place in what was given, and what is wrong there. */
    public record Fault(String place, String message) {}

    private final Kind kind;
    private final String code;
    private final transient List<Fault> faults;

    public Problem(Kind kind, String code, String detail, List<Fault> faults) {
        super(detail);
        this.kind = kind;
        this.code = code;
        this.faults = List.copyOf(faults);
    }

    public static Problem invalid(String code, String detail) {
        return new Problem(Kind.INVALID, code, detail, List.of());
    }

    public static Problem notFound(String code, String detail) {
        return new Problem(Kind.NOT_FOUND, code, detail, List.of());
    }

    public static Problem conflict(String code, String detail) {
        return new Problem(Kind.CONFLICT, code, detail, List.of());
    }

    public static Problem unprocessable(String code, String detail, List<Fault> faults) {
        return new Problem(Kind.UNPROCESSABLE, code, detail, faults);
    }

    /** Refuses a value that is given and is none of those there are; {@code invalid_value} at its place. */
    public static void requireOneOf(String place, @Nullable String given, Collection<String> known) {
        if (given == null || known.contains(given)) return;
        var words = "'%s' is no %s; there are %s".formatted(given, place, String.join(", ", known));
        throw new Problem(Kind.INVALID, "invalid_value", words, List.of(new Fault(place, words)));
    }

    public Kind kind() {
        return kind;
    }

    /** Stable, snake_case; documented beside the resource that answers it. */
    public String code() {
        return code;
    }

    public List<Fault> faults() {
        return faults;
    }

    /** The message; Problem is always made with one. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
