package io.rekindle.warehouse;

import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Writes down in the history where the clock of a demonstration is held, so that what holds from a day on holds by that
 * clock. Of a server at work it writes nothing: its views ask what time it is.
 */
@Component
class HeldClock {
    private static final String TABLE = "clock_held";

    private final Warehouse warehouse;
    private final BusinessClock clock;

    HeldClock(Warehouse warehouse, BusinessClock clock) {
        this.warehouse = warehouse;
        this.clock = clock;
        note();
        clock.whenMoved(this::note);
    }

    private record Noted(long place, Optional<Instant> moment) {}

    private synchronized void note() {
        var last = warehouse
                .first(
                        Sql.of("select place, moment from clock_held order by place desc limit 1"),
                        row -> new Noted(row.longValue("place"), Optional.ofNullable(row.nullableInstant("moment"))))
                .orElse(new Noted(0, Optional.empty()));
        var held = clock.held();
        if (held.equals(last.moment())) return;
        long place = last.place() + 1;
        warehouse.append(
                TABLE,
                "clock:" + place,
                Rows.written(rows -> rows.value(place).value(held.orElse(null)).end()));
    }
}
