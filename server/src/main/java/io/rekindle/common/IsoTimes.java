package io.rekindle.common;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Times of ISO 8601 as programs write them: with a blank for the T, and an offset of hours alone (PostgreSQL's
 * {@code 2026-03-01 09:00:00+00}), without a colon ({@code %z} of strftime), behind a blank, or as {@code UTC}.
 */
public final class IsoTimes {
    private static final int DAY = "2026-03-01".length();
    private static final Pattern WITH_ZONE =
            Pattern.compile("(.{10}T[\\d:.]+) ?(?:UTC|GMT|Z|([+-]\\d\\d)(?::?(\\d\\d))?)", Pattern.CASE_INSENSITIVE);

    private IsoTimes() {}

    /** An {@link OffsetDateTime}, a {@link LocalDateTime} or a {@link LocalDate}; null when the text is none of them. */
    public static @Nullable TemporalAccessor read(String text) {
        try {
            if (text.length() <= DAY) return LocalDate.parse(text);
            return DateTimeFormatter.ISO_DATE_TIME.parseBest(inFull(text), OffsetDateTime::from, LocalDateTime::from);
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static String inFull(String text) {
        var time = text.charAt(DAY) == ' ' ? text.substring(0, DAY) + 'T' + text.substring(DAY + 1) : text;
        var zoned = WITH_ZONE.matcher(time);
        if (!zoned.matches()) return time;
        var hours = zoned.group(2);
        var minutes = zoned.group(3);
        return zoned.group(1) + (hours == null ? "Z" : hours + ':' + (minutes == null ? "00" : minutes));
    }
}
