package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads days and moments. Without a format: ISO 8601 ({@code 2026-03-01}, {@code 2026-03-01T08:30:00Z}, a blank in place
 * of the T) or eight digits ({@code 20260301}). The clock is taken as written: an offset does not move the day.
 */
final class TimeText {
    private static final int MOST_REMEMBERED = 100_000;
    private static final int FIRST_YEAR = 1900;
    private static final int LAST_YEAR = 2199;

    private final Optional<DateTimeFormatter> format;
    private final Map<String, OptionalLong> remembered = new HashMap<>();

    private TimeText(Optional<DateTimeFormatter> format) {
        this.format = format;
    }

    /** @param format a pattern of Java's ({@code M/d/yyyy H:mm}) or of strptime's ({@code %m/%d/%Y}); null for ISO 8601 */
    static TimeText of(@Nullable String format) {
        if (format == null) return new TimeText(Optional.empty());
        try {
            return new TimeText(Optional.of(DateTimeFormatter.ofPattern(
                    format.indexOf('%') < 0 ? format : fromStrptime(format), Locale.ENGLISH)));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "time_format_invalid",
                    "'%s' is no form of times; write one like yyyyMMdd, \"M/d/yyyy H:mm\" or %%d.%%m.%%Y"
                            .formatted(format));
        }
    }

    private static String fromStrptime(String format) {
        var pattern = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                pattern.append(Character.isLetter(c) ? "'" + c + "'" : c == '\'' ? "''" : c);
                continue;
            }
            // One digit may do where the next character tells where the number ends.
            boolean alone =
                    (i < 2 || format.charAt(i - 2) != '%') && (i + 2 >= format.length() || format.charAt(i + 2) != '%');
            char directive = ++i < format.length() ? format.charAt(i) : '?';
            pattern.append(
                    switch (directive) {
                        case 'Y' -> "uuuu";
                        case 'y' -> "uu";
                        case 'm' -> alone ? "M" : "MM";
                        case 'd' -> alone ? "d" : "dd";
                        case 'H' -> alone ? "H" : "HH";
                        case 'I' -> alone ? "h" : "hh";
                        case 'M' -> "mm";
                        case 'S' -> "ss";
                        case 'p' -> "a";
                        case 'b' -> "MMM";
                        case 'B' -> "MMMM";
                        case 'T' -> "HH:mm:ss";
                        case 'F' -> "uuuu-MM-dd";
                        default -> throw new IllegalArgumentException("%" + directive);
                    });
        }
        return pattern.toString();
    }

    /** Seconds since 1970 on the clock as written; empty when the text is no time, or none of our time. */
    OptionalLong seconds(String text) {
        if (format.isEmpty()) return plain(text);
        var known = remembered.get(text);
        if (known != null) return known;
        var read = formatted(text, format.get());
        if (remembered.size() < MOST_REMEMBERED) remembered.put(text, read);
        return read;
    }

    private static OptionalLong formatted(String text, DateTimeFormatter format) {
        try {
            return switch (format.parseBest(text, LocalDateTime::from, LocalDate::from)) {
                case LocalDateTime moment -> within(moment);
                case LocalDate day -> within(day.atStartOfDay());
                default -> OptionalLong.empty();
            };
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong plain(String text) {
        int length = text.length();
        try {
            if (length == 8 && isNumber(text, 0, 8))
                return within(LocalDate.of(number(text, 0, 4), number(text, 4, 6), number(text, 6, 8))
                        .atStartOfDay());
            if (length < 10
                    || text.charAt(4) != '-'
                    || text.charAt(7) != '-'
                    || !isNumber(text, 0, 4)
                    || !isNumber(text, 5, 7)
                    || !isNumber(text, 8, 10)) return OptionalLong.empty();
            var day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
            if (length == 10) return within(day.atStartOfDay());
            if (length < 16
                    || (text.charAt(10) != 'T' && text.charAt(10) != ' ')
                    || text.charAt(13) != ':'
                    || !isNumber(text, 11, 13)
                    || !isNumber(text, 14, 16)) return OptionalLong.empty();
            int second = 0;
            int at = 16;
            if (length >= 19 && text.charAt(16) == ':') {
                if (!isNumber(text, 17, 19)) return OptionalLong.empty();
                second = number(text, 17, 19);
                at = 19;
                if (at < length && (text.charAt(at) == '.' || text.charAt(at) == ','))
                    for (at++; at < length && Character.isDigit(text.charAt(at)); ) at++;
            }
            if (!isOffset(text.substring(at).strip())) return OptionalLong.empty();
            return within(day.atTime(number(text, 11, 13), number(text, 14, 16), second));
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isOffset(String text) {
        if (text.isEmpty() || text.equals("Z") || text.equals("UTC")) return true;
        if (text.charAt(0) != '+' && text.charAt(0) != '-') return false;
        var digits = text.substring(1).replace(":", "");
        return (digits.length() == 2 || digits.length() == 4) && isNumber(digits, 0, digits.length());
    }

    private static OptionalLong within(LocalDateTime time) {
        return time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR
                ? OptionalLong.empty()
                : OptionalLong.of(time.toEpochSecond(ZoneOffset.UTC));
    }

    private static boolean isNumber(String text, int from, int to) {
        for (int i = from; i < to; i++) if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return true;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) number = number * 10 + text.charAt(i) - '0';
        return number;
    }

    /** What a text that cannot be read should have been. */
    String expected() {
        return "is no time between %d and %d of the form %s"
                .formatted(
                        FIRST_YEAR,
                        LAST_YEAR,
                        format.isEmpty() ? "2026-03-01, 2026-03-01T08:30:00 or 20260301" : "given by --time-format");
    }
}
