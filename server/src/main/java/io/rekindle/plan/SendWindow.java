package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The hours of the day in which a campaign writes, in the company's time zone, and the moment it starts at the
 * earliest.
 *
 * @param from first minute, e.g. 09:00
 * @param to first minute after it, later than {@code from}
 * @param startAt null: as soon as it is approved
 */
public record SendWindow(
        @JsonFormat(pattern = "HH:mm") LocalTime from,
        @JsonFormat(pattern = "HH:mm") LocalTime to,
        @Nullable Instant startAt) {
    public SendWindow {
        if (!from.isBefore(to))
            throw new IllegalArgumentException(
                    "the send window from %s to %s is empty: 'to' must be later than 'from'".formatted(from, to));
    }

    /** The first instant within the hours that is neither before {@code now} nor before the start. */
    public Instant next(Instant now, ZoneId zone) {
        var earliest = startAt != null && startAt.isAfter(now) ? startAt : now;
        var local = earliest.atZone(zone);
        var time = local.toLocalTime();
        if (time.isBefore(from)) return at(local.toLocalDate(), zone);
        if (time.isBefore(to)) return earliest;
        return at(local.toLocalDate().plusDays(1), zone);
    }

    private Instant at(LocalDate day, ZoneId zone) {
        return day.atTime(from).atZone(zone).toInstant();
    }
}
