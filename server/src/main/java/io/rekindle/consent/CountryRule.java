package io.rekindle.consent;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holds for marketing to customers of one country, besides what holds everywhere.
 *
 * @param country two letters, ISO 3166
 * @param zone where the country's clocks are, for customers whose own zone is not known; null: the company's
 * @param from first minute of the day at which may be written, of the customer's clock; null: any time
 * @param to first minute at which may not be written any more
 * @param quietDays days of the week on which nobody is written to
 * @param doubleOptIn whether an agreement to mail holds only when it was confirmed by mail
 */
public record CountryRule(
        String country,
        @Nullable String zone,
        @Nullable LocalTime from,
        @Nullable LocalTime to,
        Set<DayOfWeek> quietDays,
        boolean doubleOptIn) {
    private static final int DAYS_AHEAD = 9;

    public CountryRule {
        quietDays = quietDays.isEmpty() ? Set.of() : java.util.Collections.unmodifiableSet(EnumSet.copyOf(quietDays));
    }

    /** The first instant from {@code at} on at which a customer whose clock shows the time of a zone may be written to. */
    Instant next(Instant at, ZoneId zone) {
        if (allows(at, zone)) return at;
        var day = at.atZone(zone).toLocalDate();
        for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
            for (var time : from == null ? List.of(LocalTime.MIDNIGHT) : List.of(LocalTime.MIDNIGHT, from)) {
                var opening = day.plusDays(ahead).atTime(time).atZone(zone).toInstant();
                if (!opening.isBefore(at) && allows(opening, zone)) return opening;
            }
        }
        throw new IllegalStateException("%s is never written to".formatted(country));
    }

    private boolean allows(Instant at, ZoneId zone) {
        var local = at.atZone(zone);
        if (quietDays.contains(local.getDayOfWeek())) return false;
        if (from == null || to == null) return true;
        var time = local.toLocalTime();
        return from.isBefore(to)
                ? !time.isBefore(from) && time.isBefore(to)
                : !time.isBefore(from) || time.isBefore(to);
    }
}
