package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalQueries;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads days and moments. Without a format: ISO 8601 ({@code 2026-03-01}, {@code 2026-03-01T08:30:00Z}, a blank in place
 * of the T) or eight digits ({@code 20260301}). For the day the clock is taken as written: an offset does not move it. For
 * what came before what, the moment is told too. A day the calendar does not have is no time, whatever the format; years
 * of two digits are 1969 to 2068, as strptime has them.
 */
final class TimeText {
    private static final int MOST_REMEMBERED = 100_000;
    private static final int FIRST_YEAR = 1900;
    private static final int LAST_YEAR = 2199;
    private static final int FIRST_OF_TWO_DIGITS = 1969;
    private static final int LARGEST_OFFSET = 18 * 3600;

    private final Optional<DateTimeFormatter> format;
    private final Map<String, Optional<Moment>> remembered = new HashMap<>();

    /**
     * A time that was read.
     *
     * @param seconds since 1970 on the clock as written
     * @param nano of the second
     * @param offset seconds the clock is ahead of UTC; 0 where the text does not tell
     * @param offsetTold whether the text tells
     */
    record Moment(long seconds, int nano, int offset, boolean offsetTold) {
        /** Microseconds since 1970 in UTC; where no offset is told, on the clock as written. */
        long micros() {
            return (seconds - offset) * 1_000_000 + nano / 1000;
        }
    }

    private TimeText(Optional<DateTimeFormatter> format) {
        this.format = format;
    }

    /** @param format a pattern of Java's ({@code M/d/yyyy H:mm}) or of strptime's ({@code %m/%d/%Y}); null for ISO 8601 */
    static TimeText of(@Nullable String format) {
        if (format == null) return new TimeText(Optional.empty());
        try {
            return new TimeText(Optional.of(formatter(format.indexOf('%') < 0 ? format : fromStrptime(format))));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "time_format_invalid",
                    "'%s' is no form of times; write one like yyyyMMdd, \"M/d/yyyy H:mm\" or %%d.%%m.%%Y"
                            .formatted(format));
        }
    }

    /** A pattern of Java's, read strictly; years without an era are those of the calendar. */
    private static DateTimeFormatter formatter(String pattern) {
        var builder = new DateTimeFormatterBuilder();
        boolean era = letters(pattern).indexOf('G') >= 0;
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\'') quoted = !quoted;
            if (quoted || (c != 'u' && (c != 'y' || era))) continue;
            int to = i;
            while (to < pattern.length() && pattern.charAt(to) == c) to++;
            builder.appendPattern(pattern.substring(from, i));
            if (to - i == 2) builder.appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_OF_TWO_DIGITS);
            else builder.appendPattern("u".repeat(to - i));
            from = to;
            i = to - 1;
        }
        return builder.appendPattern(pattern.substring(from))
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** A pattern without what stands in quotes. */
    private static String letters(String pattern) {
        return pattern.replaceAll("'[^']*'", "");
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
        var read = moment(text);
        return read.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(read.get().seconds());
    }

    /** What the text tells; empty when it is no time, or none of our time. */
    Optional<Moment> moment(String text) {
        if (format.isEmpty()) return plain(text);
        var known = remembered.get(text);
        if (known != null) return known;
        var read = formatted(text, format.get());
        if (remembered.size() < MOST_REMEMBERED) remembered.put(text, read);
        return read;
    }

    private static Optional<Moment> formatted(String text, DateTimeFormatter format) {
        try {
            var parsed = format.parse(text);
            var time = parsed.query(TemporalQueries.localTime());
            var clock = LocalDate.from(parsed).atTime(time == null ? LocalTime.MIDNIGHT : time);
            var zone = parsed.query(TemporalQueries.zone());
            return zone == null
                    ? within(clock, 0, false)
                    : within(clock, zone.getRules().getOffset(clock).getTotalSeconds(), true);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Moment> plain(String text) {
        int length = text.length();
        try {
            if (length == 8 && isNumber(text, 0, 8))
                return within(
                        LocalDate.of(number(text, 0, 4), number(text, 4, 6), number(text, 6, 8))
                                .atStartOfDay(),
                        0,
                        false);
            if (length < 10
                    || text.charAt(4) != '-'
                    || text.charAt(7) != '-'
                    || !isNumber(text, 0, 4)
                    || !isNumber(text, 5, 7)
                    || !isNumber(text, 8, 10)) return Optional.empty();
            var day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
            if (length == 10) return within(day.atStartOfDay(), 0, false);
            if (length < 16
                    || (text.charAt(10) != 'T' && text.charAt(10) != ' ')
                    || text.charAt(13) != ':'
                    || !isNumber(text, 11, 13)
                    || !isNumber(text, 14, 16)) return Optional.empty();
            int second = 0;
            int nano = 0;
            int at = 16;
            if (length >= 19 && text.charAt(16) == ':') {
                if (!isNumber(text, 17, 19)) return Optional.empty();
                second = number(text, 17, 19);
                at = 19;
                if (at < length && (text.charAt(at) == '.' || text.charAt(at) == ','))
                    for (int unit = 100_000_000; ++at < length && isNumber(text, at, at + 1); unit /= 10)
                        nano += unit * (text.charAt(at) - '0');
            }
            var clock = day.atTime(number(text, 11, 13), number(text, 14, 16), second, nano);
            var zone = text.substring(at).strip();
            if (zone.isEmpty()) return within(clock, 0, false);
            var offset = offset(zone);
            return offset.isEmpty() ? Optional.empty() : within(clock, offset.getAsInt(), true);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Seconds ahead of UTC; empty when the text is no offset. */
    private static OptionalInt offset(String text) {
        if (text.equals("Z") || text.equals("UTC")) return OptionalInt.of(0);
        if (text.charAt(0) != '+' && text.charAt(0) != '-') return OptionalInt.empty();
        var digits = text.substring(1).replace(":", "");
        int length = digits.length();
        if ((length != 2 && length != 4) || !isNumber(digits, 0, length)) return OptionalInt.empty();
        int minutes = length == 4 ? number(digits, 2, 4) : 0;
        int seconds = number(digits, 0, 2) * 3600 + minutes * 60;
        if (minutes > 59 || seconds > LARGEST_OFFSET) return OptionalInt.empty();
        return OptionalInt.of(text.charAt(0) == '-' ? -seconds : seconds);
    }

    private static Optional<Moment> within(LocalDateTime clock, int offset, boolean offsetTold) {
        return clock.getYear() < FIRST_YEAR || clock.getYear() > LAST_YEAR
                ? Optional.empty()
                : Optional.of(new Moment(
                        clock.toEpochSecond(ZoneOffset.UTC),
                        clock.get(ChronoField.NANO_OF_SECOND),
                        offset,
                        offsetTold));
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
