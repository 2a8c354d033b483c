package io.rekindle.plan;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The hours of the day in which a campaign writes, in the company's time zone, and the moment it starts at the
 * earliest. The hours are those of the clock on the wall: on a day on which it is moved they may be shorter, longer, or
 * come twice.
 *
 * @param from first minute, e.g. 09:00
 * @param to first minute after it; earlier than {@code from} when the hours go over midnight, e.g. 22:00 to 02:00
 * @param startAt null: as soon as it is approved
 */
public record SendWindow(
        @JsonFormat(pattern = "HH:mm") LocalTime from,
        @JsonFormat(pattern = "HH:mm") LocalTime to,
        @Nullable Instant startAt) {
    /** Hours that begin on a day the clock leaves them out begin the day after, wherever on Earth. */
    private static final int DAYS_AHEAD = 3;

    public SendWindow {
        if (from.equals(to))
            throw new IllegalArgumentException("the send window from %s to %s is empty".formatted(from, to));
    }

    /** The first instant within the hours that is neither before {@code now} nor before the start. */
    public Instant next(Instant now, ZoneId zone) {
        var earliest = startAt != null && startAt.isAfter(now) ? startAt : now;
        if (holds(earliest, zone)) return earliest;
        // Hours begin when the clock shows their first minute, or when it is moved to a time within them.
        var rules = zone.getRules();
        var openings = new TreeSet<Instant>();
        var today = earliest.atZone(zone).toLocalDate();
        for (int day = 0; day <= DAYS_AHEAD; day++) {
            var opening = today.plusDays(day).atTime(from);
            for (var offset : rules.getValidOffsets(opening)) openings.add(opening.toInstant(offset));
        }
        var moved = rules.nextTransition(earliest);
        if (moved != null) openings.add(moved.getInstant());
        return openings.tailSet(earliest).stream()
                .filter(opening -> holds(opening, zone))
                .findFirst()
                .orElseThrow();
    }

    private boolean holds(Instant at, ZoneId zone) {
        var time = at.atZone(zone).toLocalTime();
        return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
    }
}
