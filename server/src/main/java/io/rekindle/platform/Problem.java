package io.rekindle.platform;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        INTERNAL(500),
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /**
     * One fault of several: the place in what was given, and what is wrong there.
     *
     * @param code stable, snake_case: what is wrong, for a client that says it in its own words
     * @param message the same in English, the values put in
     * @param parameters the values by their names; never personal data
     */
    public record Fault(String place, String code, String message, Map<String, String> parameters) {
        /** The code of a fault that is told at the command line alone. */
        private static final String PLAIN = "not_usable";

        public Fault {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        /** Of a message that may hold {@code {name}} for each value that {@link #with} names. */
        public Fault(String place, String code, String message) {
            this(place, code, message, Map.of());
        }

        /** A fault that no answer of the API carries. */
        public Fault(String place, String message) {
            this(place, PLAIN, message);
        }

        /** What another problem says, as a fault of this place. */
        public static Fault of(String place, Problem problem) {
            return new Fault(place, problem.code(), problem.detail(), problem.parameters());
        }

        /** This fault at a place. */
        public Fault at(String elsewhere) {
            return new Fault(elsewhere, code, message, parameters);
        }

        /** This fault with a value at {@code {name}}; a list is told with commas. */
        public Fault with(String name, @Nullable Object value) {
            var text = text(value);
            return new Fault(place, code, put(message, name, text), extended(parameters, name, text));
        }
    }

    private final Kind kind;
    private final String code;
    private final transient List<Fault> faults;
    private final transient Map<String, String> parameters;

    /** Of a detail that may hold {@code {name}} for each value that {@link #with} names. */
    public Problem(Kind kind, String code, String detail, List<Fault> faults) {
        this(kind, code, detail, faults, Map.of());
    }

    private Problem(Kind kind, String code, String detail, List<Fault> faults, Map<String, String> parameters) {
        super(detail);
        this.kind = kind;
        this.code = code;
        this.faults = List.copyOf(faults);
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** This problem with a value at {@code {name}}, for clients as a parameter too: so never personal data. */
    public Problem with(String name, @Nullable Object value) {
        var text = text(value);
        return new Problem(kind, code, put(detail(), name, text), faults, extended(parameters, name, text));
    }

    private static String text(@Nullable Object value) {
        return value instanceof Collection<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    }

    private static String put(String words, String name, String value) {
        return words.replace("{" + name + "}", value);
    }

    private static Map<String, String> extended(Map<String, String> parameters, String name, String value) {
        var more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return more;
    }

    public static Problem of(Kind kind, String code, String detail) {
        return new Problem(kind, code, detail, List.of());
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
        var fault = new Fault(place, "not_one_of", "'{given}' is no {place}; there are {known}")
                .with("given", given)
                .with("place", place)
                .with("known", known);
        throw new Problem(Kind.INVALID, "invalid_value", fault.message(), List.of(fault));
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

    /** The values the detail names, by their names. */
    public Map<String, String> parameters() {
        return parameters;
    }

    /** The message; Problem is always made with one. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
