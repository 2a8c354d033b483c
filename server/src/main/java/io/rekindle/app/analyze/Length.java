package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.util.Locale;
import java.util.regex.Pattern;

/** A length of time on the command line: {@code 39w}, {@code 90d}, {@code 12m}, {@code 1y}. */
record Length(double days, String text) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,6})?)\\s*([dwmy])");
    private static final double DAYS_OF_YEAR = 365.25;

    /** @param option for the message */
    static Length of(String text, String option) {
        var match = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        double days = 0;
        if (match.matches())
            days = Double.parseDouble(match.group(1))
                    * switch (match.group(2)) {
                        case "d" -> 1;
                        case "w" -> 7;
                        case "m" -> DAYS_OF_YEAR / 12;
                        default -> DAYS_OF_YEAR;
                    };
        if (!(days > 0))
            throw Problem.invalid(
                    "length_invalid",
                    "%s '%s' is no length of time; write 39w, 90d, 12m or 1y".formatted(option, text));
        return new Length(days, text.strip());
    }
}
