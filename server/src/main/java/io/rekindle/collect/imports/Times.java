package io.rekindle.collect.imports;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads times of one form: of a pattern, or of ISO 8601 when none is given. Times without a zone are local ones. A day no
 * calendar has is no time of any form: 31.2. is a mistake, and not the last of February.
 */
final class Times {
    private final @Nullable DateTimeFormatter format;
    private final ZoneId zone;

    private Times(@Nullable DateTimeFormatter format, ZoneId zone) {
        this.format = format;
        this.zone = zone;
    }

    static Times iso(ZoneId zone) {
        return new Times(null, zone);
    }

    /** @throws IllegalArgumentException when it is no pattern */
    static Times of(String pattern, ZoneId zone) {
        return pattern.isBlank() ? iso(zone) : new Times(strict(pattern), zone);
    }

    private static DateTimeFormatter strict(String pattern) {
        return DateTimeFormatter.ofPattern(ofYears(pattern), Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
    }

    /** A year of an era ({@code y}) is no year by itself when read strictly: unless the era is written, the year is meant. */
    private static String ofYears(String pattern) {
        var written = new StringBuilder();
        boolean quoted = false;
        boolean era = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\'') quoted = !quoted;
            era |= !quoted && c == 'G';
            written.append(!quoted && c == 'y' ? 'u' : c);
        }
        return era ? pattern : written.toString();
    }

    /** The instant; null when the text is no time of this form. */
    @Nullable
    Instant read(String text) {
        if (text.isEmpty()) return null;
        try {
            var formatter = format == null ? DateTimeFormatter.ISO_DATE_TIME : format;
            var given = format == null && text.length() > 10 ? text.replace(' ', 'T') : text;
            if (format == null && given.length() == 10)
                return LocalDate.parse(given).atStartOfDay(zone).toInstant();
            var parsed = formatter.parseBest(given, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            var at = switch (parsed) {
                case OffsetDateTime with -> with.toInstant();
                case LocalDateTime local -> local.atZone(zone).toInstant();
                case LocalDate day -> day.atStartOfDay(zone).toInstant();
                default -> null;
            };
            return at == null ? null : at.truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException unreadable) {
            return null;
        }
    }
}
