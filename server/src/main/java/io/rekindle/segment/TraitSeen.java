package io.rekindle.segment;

import io.rekindle.segment.ValueTest.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the values of a trait were, as far as the history knows them: a question none of them can answer is a mistake.
 *
 * @param values values that are not null
 * @param texts of these, texts
 * @param numbers numbers, and texts that read as one
 * @param days texts that begin with a day
 * @param flags true or false, also as texts
 */
record TraitSeen(long values, long texts, long numbers, long days, long flags) {
    /**
     * @param where the part of the condition that does not fit: {@code is}, {@code value} or {@code value[1]}
     */
    record Misfit(String where, String what, List<String> held, List<String> ways) {}

    /** As if one value of the field's type had been seen. */
    static TraitSeen of(Field field) {
        return switch (field.type()) {
            case NUMBER -> new TraitSeen(1, 0, 1, 0, 0);
            case BOOLEAN -> new TraitSeen(1, 0, 0, 0, 1);
            case DAY -> new TraitSeen(1, 1, 0, 1, 0);
            case TEXT, EVENT, ORDERS, CHOICE, MESSAGE, SEGMENT -> new TraitSeen(1, 1, 0, 0, 0);
        };
    }

    /** What rules and the console call it. */
    Field.Type type() {
        if (values > 0 && numbers == values) return Field.Type.NUMBER;
        return values > 0 && flags == values ? Field.Type.BOOLEAN : Field.Type.TEXT;
    }

    /** Why a question cannot be asked of these values; empty when it can, or when there are none yet. */
    Optional<Misfit> misfit(ValueTest test) {
        if (values == 0) return Optional.empty();
        return switch (test) {
            case ValueTest.Equals(var value) -> unequal(value, "value");
            case ValueTest.NotEquals(var value) -> unequal(value, "value");
            case ValueTest.In(var list) -> {
                for (int i = 0; i < list.size(); i++) {
                    var misfit = unequal(list.get(i), "value[" + i + "]");
                    if (misfit.isPresent()) yield misfit;
                }
                yield Optional.empty();
            }
            case ValueTest.Contains contains -> wants(texts > 0, "is", "'contains' looks into texts");
            case ValueTest.Greater greater -> wants(numbers > 0, "is", "'greater' compares numbers");
            case ValueTest.Less less -> wants(numbers > 0, "is", "'less' compares numbers");
            case ValueTest.Between between -> wants(numbers > 0, "value", "'between' compares numbers here");
            case ValueTest.BetweenDays between -> wants(days > 0, "value", "'between' compares days here");
            case ValueTest.Before before -> wants(days > 0, "is", "'before' compares days");
            case ValueTest.After after -> wants(days > 0, "is", "'after' compares days");
            case ValueTest.Exists exists -> Optional.empty();
        };
    }

    private Optional<Misfit> unequal(Scalar value, String where) {
        return switch (value) {
            case Scalar.Text(var text) ->
                wants(
                        words() || (numbers > 0 && isNumber(text)) || (flags > 0 && isFlag(text)),
                        where,
                        "'%s' is a text".formatted(text));
            case Scalar.Numeric(var number) ->
                wants(numbers > 0, where, "%s is a number".formatted(number.toPlainString()));
            case Scalar.Flag(var flag) -> wants(flags > 0, where, "%s is true or false".formatted(flag));
        };
    }

    private Optional<Misfit> wants(boolean fits, String where, String what) {
        return fits ? Optional.empty() : Optional.of(new Misfit(where, what, held(), ways()));
    }

    private List<String> held() {
        var kinds = new ArrayList<String>();
        if (numbers > 0) kinds.add("numbers");
        if (days > 0) kinds.add("days");
        if (flags > 0) kinds.add("true or false");
        if (days == 0 && words()) kinds.add("texts");
        return kinds;
    }

    /** Whether there is any text that reads as nothing else but, perhaps, a day. */
    private boolean words() {
        return numbers + flags < values;
    }

    /** The comparisons these values can answer. */
    List<String> ways() {
        var ways = new ArrayList<>(List.of("equals", "not_equals", "in", "exists"));
        if (texts > 0) ways.add("contains");
        if (numbers > 0) ways.addAll(List.of("greater", "less"));
        if (days > 0) ways.addAll(List.of("before", "after"));
        if (numbers > 0 || days > 0) ways.add("between");
        return ways;
    }

    private static boolean isFlag(String text) {
        return text.equals("true") || text.equals("false");
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
