package io.rekindle.platform;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.rekindle.platform.Problem.Fault;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/** What is wrong with JSON somebody sent: the place, and what is wanted there; no class and no reader's inner words. */
public final class JsonMistake {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern SOURCE =
            Pattern.compile("\\s*\\((start marker )?at \\[Source:[^\\]]*\\]\\)|\\[Source:[^\\]]*\\]");

    private JsonMistake() {}

    /** As a problem: {@code malformed_json}, {@code unknown_field} or {@code invalid_value}. */
    public static Problem problem(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException unknown)
            return new Problem(
                    Problem.Kind.INVALID,
                    "unknown_field",
                    "there is no field '%s' here".formatted(unknown.getPropertyName()),
                    List.of(new Fault(place(e), "unknown_field", "unknown field; known are {known}")
                            .with("known", unknown.getKnownPropertyIds())));
        var words = words(e);
        var place = place(e);
        var faults = List.of(new Fault(place, "refused_value", "{words}").with("words", words));
        return e instanceof StreamReadException && !(e instanceof InputCoercionException)
                ? new Problem(
                        Problem.Kind.INVALID, "malformed_json", "the body is not well-formed JSON: " + words, faults)
                : new Problem(
                        Problem.Kind.INVALID,
                        "invalid_value",
                        place.isEmpty() ? words : "%s: %s".formatted(place, words),
                        faults);
    }

    /** What is wrong. */
    public static String words(JacksonException e) {
        return switch (e) {
            case InvalidFormatException format -> given(format.getValue()) + wanted(format.getTargetType());
            case ValueInstantiationException made
            when made.getType().getRawClass().isEnum() -> wanted(made.getType().getRawClass());
            case ValueInstantiationException made
            when made.getCause() instanceof IllegalArgumentException ours -> String.valueOf(ours.getMessage());
            case ValueInstantiationException made -> wanted(made.getType().getRawClass());
            case InputCoercionException number -> "the number is out of range";
            case MismatchedInputException mismatch -> wanted(mismatch.getTargetType());
            case StreamConstraintsException limit -> "nested deeper, or a name or number longer, than is read here";
            case StreamReadException syntax -> firstLine(syntax.getOriginalMessage());
            default -> "this cannot be read";
        };
    }

    /** Where: the path from the root, {@code codes[3].name}, or the line and column where the text goes wrong. */
    public static String place(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null)
                path.append('[').append(step.getIndex()).append(']');
            else path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        }
        if (!path.isEmpty()) return path.toString();
        var at = e.getLocation();
        return at == null || at.getLineNr() < 1 ? "" : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    }

    private static String given(@Nullable Object value) {
        var text = String.valueOf(value);
        return value == null || text.length() > 60 ? "" : "'%s' does not fit: ".formatted(text);
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == null) return "another kind of value is wanted";
        if (type.isEnum())
            return "one of %s is wanted"
                    .formatted(Arrays.stream(type.getEnumConstants())
                            .map(constant -> JSON.valueToTree(constant).asString())
                            .toList());
        return kind(type) + " is wanted";
    }

    private static String kind(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) return "true or false";
        if (List.of(int.class, Integer.class, long.class, Long.class, BigInteger.class)
                .contains(type)) return "a whole number";
        if (type == double.class || type == Double.class || type == BigDecimal.class) return "a number";
        if (type == Instant.class) return "an instant like \"2026-03-01T09:00:00Z\"";
        if (type == LocalDate.class) return "a day like \"2026-03-01\"";
        if (type == LocalTime.class) return "a time of day like \"09:00\"";
        if (type.isArray() || Collection.class.isAssignableFrom(type)) return "a list";
        boolean readFromText = type == String.class
                || Arrays.stream(type.getMethods()).anyMatch(method -> method.isAnnotationPresent(JsonCreator.class));
        return readFromText ? "a text" : "an object";
    }

    private static String firstLine(@Nullable String message) {
        if (message == null) return "";
        int end = message.indexOf('\n');
        return SOURCE.matcher(end < 0 ? message : message.substring(0, end)).replaceAll("");
    }
}
