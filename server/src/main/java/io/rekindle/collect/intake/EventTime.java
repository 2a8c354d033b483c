package io.rekindle.collect.intake;

import io.rekindle.common.Decimals;
import io.rekindle.common.IsoTimes;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** When an event happened, by Segment's rule. */
final class EventTime {
    private static final int ISO_UTC_SECONDS = "2026-03-01T09:00:00Z".length();
    /** The seconds of the year 5138, the milliseconds of 1973. */
    private static final BigDecimal FEWEST_MILLIS = BigDecimal.TEN.pow(11);
    /** Of the year 33658: what comes after {@link #micros} takes is refused there. */
    private static final BigDecimal MOST_MILLIS = BigDecimal.TEN.pow(15);

    private static final Instant EARLIEST = Instant.EPOCH;

    private EventTime() {}

    /**
     * Of an item that carries both times the {@code timestamp} was given by the caller and stands as it is, for its
     * {@code originalTimestamp} only says when the client was called (RudderStack's clients); one time alone is the
     * client's, and corrected.
     */
    static Instant of(
            @Nullable Instant timestamp, @Nullable Instant original, @Nullable Instant sentAt, Instant receivedAt) {
        if (timestamp != null && original != null) return of(timestamp, null, receivedAt);
        return of(original != null ? original : timestamp, sentAt, receivedAt);
    }

    /**
     * {@code receivedAt − (sentAt − original)}, so that a wrong clock at the client does no harm; without
     * {@code sentAt} the original time stands as it is (historical import); never later than {@code receivedAt}.
     */
    static Instant of(@Nullable Instant original, @Nullable Instant sentAt, Instant receivedAt) {
        if (original == null) return receivedAt;
        var at = sentAt == null
                ? original
                : receivedAt.minus(ChronoUnit.MICROS.between(original, sentAt), ChronoUnit.MICROS);
        if (at.isBefore(EARLIEST)) return EARLIEST;
        return at.isAfter(receivedAt) ? receivedAt : at;
    }

    /** Reads ISO 8601: with an offset, else in UTC; a day alone is its beginning. Null when it is none of these. */
    static @Nullable Instant parse(String text) {
        try {
            if (text.length() >= ISO_UTC_SECONDS && text.charAt(10) == 'T' && text.endsWith("Z"))
                return micros(Instant.parse(text));
            return switch (IsoTimes.read(text)) {
                case OffsetDateTime with -> micros(with.toInstant());
                case LocalDateTime local -> micros(local.toInstant(ZoneOffset.UTC));
                case LocalDate day -> micros(day.atStartOfDay(ZoneOffset.UTC).toInstant());
                case null, default -> null;
            };
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /** Reads a number: milliseconds since 1970, or seconds when there are too few of them. Null when it is no time. */
    static @Nullable Instant sinceEpoch(String number) {
        var given = Decimals.read(number);
        if (given == null || given.signum() < 0 || given.compareTo(MOST_MILLIS) > 0) return null;
        long each = given.compareTo(FEWEST_MILLIS) < 0 ? 1_000_000 : 1_000;
        return micros(
                Instant.EPOCH.plus(given.multiply(BigDecimal.valueOf(each)).longValue(), ChronoUnit.MICROS));
    }

    private static @Nullable Instant micros(Instant at) {
        // Beyond these the microseconds since 1970 no longer fit what the history keeps.
        if (at.isBefore(EARLIEST) || at.getEpochSecond() > 253_402_300_799L) return null;
        return at.truncatedTo(ChronoUnit.MICROS);
    }
}
