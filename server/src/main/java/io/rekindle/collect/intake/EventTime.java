package io.rekindle.collect.intake;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** When an event happened, by Segment's rule. */
final class EventTime {
    private static final int ISO_UTC_SECONDS = "2026-03-01T09:00:00Z".length();
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
            if (text.length() == ISO_UTC_SECONDS || text.endsWith("Z")) return micros(Instant.parse(text));
            if (text.indexOf('T') < 0)
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            var parsed = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            return micros(
                    parsed instanceof OffsetDateTime with
                            ? with.toInstant()
                            : ((LocalDateTime) parsed).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static @Nullable Instant micros(Instant at) {
        // Beyond these the microseconds since 1970 no longer fit what the history keeps.
        if (at.isBefore(EARLIEST) || at.getEpochSecond() > 253_402_300_799L) return null;
        return at.truncatedTo(ChronoUnit.MICROS);
    }
}
