package io.rekindle.collect.imports;

import io.rekindle.common.Decimals;
import io.rekindle.common.IsoTimes;
import java.math.BigDecimal;
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
 * Reads times of one form: of a pattern, as numbers since 1970, or of ISO 8601 when none is given. Times without a zone are local ones. A day no
 * calendar has is no time of any form: 31.2. is a mistake, and not the last of February.
 */
final class Times {
    /** Seconds since 1970, as Unix counts them. */
    static final String UNIX = "unix";

    static final String UNIX_MILLIS = "unix-ms";

    /** Beyond this, microseconds would not fit. */
    private static final BigDecimal FURTHEST = BigDecimal.TEN.pow(15);

    private final @Nullable DateTimeFormatter format;
    private final ZoneId zone;
    /** What a number counts; 0 when times are no numbers. */
    private final long microsEach;

    private Times(@Nullable DateTimeFormatter format, ZoneId zone, long microsEach) {
        this.format = format;
        this.zone = zone;
        this.microsEach = microsEach;
    }

    static Times iso(ZoneId zone) {
        return new Times(null, zone, 0);
    }

    /** @throws IllegalArgumentException when it is no pattern */
    static Times of(String pattern, ZoneId zone) {
        return switch (pattern) {
            case UNIX -> new Times(null, zone, 1_000_000);
            case UNIX_MILLIS -> new Times(null, zone, 1_000);
            default -> pattern.isBlank() ? iso(zone) : new Times(strict(pattern), zone, 0);
        };
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
            if (microsEach > 0) return sinceEpoch(text);
            var parsed = format == null
                    ? IsoTimes.read(text)
                    : format.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            var at = switch (parsed) {
                case OffsetDateTime with -> with.toInstant();
                case LocalDateTime local -> local.atZone(zone).toInstant();
                case LocalDate day -> day.atStartOfDay(zone).toInstant();
                case null, default -> null;
            };
            return at == null ? null : at.truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private @Nullable Instant sinceEpoch(String text) {
        var number = Decimals.read(text);
        if (number == null || number.abs().compareTo(FURTHEST) > 0) return null;
        return Instant.EPOCH.plus(
                number.multiply(BigDecimal.valueOf(microsEach)).longValue(), ChronoUnit.MICROS);
    }
}
