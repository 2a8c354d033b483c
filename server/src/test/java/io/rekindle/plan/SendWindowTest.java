package io.rekindle.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void hoursOverMidnightAreOpenOnBothSidesOfIt() {
        var night = window("22:00", "02:00");
        assertThat(next(night, "2026-03-02T21:59:59+01:00")).isEqualTo(at("2026-03-02T22:00:00+01:00"));
        assertThat(next(night, "2026-03-02T22:00:00+01:00")).isEqualTo(at("2026-03-02T22:00:00+01:00"));
        assertThat(next(night, "2026-03-03T01:59:59+01:00")).isEqualTo(at("2026-03-03T01:59:59+01:00"));
        assertThat(next(night, "2026-03-03T02:00:00+01:00")).isEqualTo(at("2026-03-03T22:00:00+01:00"));
        var toMidnight = window("22:00", "00:00");
        assertThat(next(toMidnight, "2026-03-02T23:59:59+01:00")).isEqualTo(at("2026-03-02T23:59:59+01:00"));
        assertThat(next(toMidnight, "2026-03-03T00:00:00+01:00")).isEqualTo(at("2026-03-03T22:00:00+01:00"));
    }

    @Test
    void hoursThatEndWhenTheyBeginAreEmpty() {
        assertThatThrownBy(() -> window("09:00", "09:00")).hasMessageContaining("is empty");
    }

    /** In Berlin it is 03:00 after 01:59 on 2026-03-29, and 02:00 after 02:59 on 2026-10-25. */
    @Test
    void onTheDaysTheClockIsMovedTheHoursAreThoseItShows() {
        // 02:15 never comes: the hours begin at 03:00, or not at all.
        assertThat(next(window("02:15", "05:00"), "2026-03-29T01:00:00+01:00"))
                .isEqualTo(at("2026-03-29T03:00:00+02:00"));
        assertThat(next(window("02:15", "02:45"), "2026-03-29T01:00:00+01:00"))
                .isEqualTo(at("2026-03-30T02:15:00+02:00"));
        // From 02:15 to 02:45 it is twice.
        assertThat(next(window("02:15", "02:45"), "2026-10-25T02:50:00+02:00"))
                .isEqualTo(at("2026-10-25T02:15:00+01:00"));
        assertThat(next(window("22:00", "02:30"), "2026-10-25T02:40:00+02:00"))
                .isEqualTo(at("2026-10-25T02:00:00+01:00"));
    }

    @Test
    void itDoesNotOpenBeforeItsStart() {
        var window = new SendWindow(LocalTime.of(22, 0), LocalTime.of(2, 0), at("2026-03-05T12:00:00+01:00"));
        assertThat(next(window, "2026-03-02T23:00:00+01:00")).isEqualTo(at("2026-03-05T22:00:00+01:00"));
    }

    /** Another road: going forward quarter by quarter until the clock on the wall shows a time within the hours. */
    @Test
    void theNextOpeningIsTheFirstQuarterOfAnHourThatLiesWithin() {
        var days = List.of("2026-03-28", "2026-03-29", "2026-04-04", "2026-06-10", "2026-10-24", "2026-10-25");
        for (var zone : List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "UTC"))
            for (var day : days)
                for (int from = 0; from < 96; from += 5)
                    for (int to = 1; to < 96; to += 7) {
                        if (from == to) continue;
                        var window = new SendWindow(quarter(from), quarter(to), null);
                        for (int step = 0; step < 50; step += 3) {
                            var now = at(day + "T00:00:00Z").plus(Duration.ofMinutes(30L * step));
                            assertThat(window.next(now, ZoneId.of(zone)))
                                    .as("%s of %s after %s", window, zone, now)
                                    .isEqualTo(walked(now, window, ZoneId.of(zone)));
                        }
                    }
    }

    private static Instant walked(Instant now, SendWindow window, ZoneId zone) {
        for (var at = now; ; at = at.plus(Duration.ofMinutes(15))) {
            int minute = at.atZone(zone).toLocalTime().toSecondOfDay() / 60;
            int from = window.from().toSecondOfDay() / 60;
            int length = Math.floorMod(window.to().toSecondOfDay() / 60 - from, 24 * 60);
            if (Math.floorMod(minute - from, 24 * 60) < length) return at;
        }
    }

    private static LocalTime quarter(int n) {
        return LocalTime.MIDNIGHT.plusMinutes(15L * n);
    }

    private static SendWindow window(String from, String to) {
        return new SendWindow(LocalTime.parse(from), LocalTime.parse(to), null);
    }

    private static Instant next(SendWindow window, String now) {
        return window.next(at(now), BERLIN);
    }

    private static Instant at(String instant) {
        return java.time.OffsetDateTime.parse(instant).toInstant();
    }
}
