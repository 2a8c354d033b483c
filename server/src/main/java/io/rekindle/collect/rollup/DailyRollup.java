package io.rekindle.collect.rollup;

import io.rekindle.collect.Tail;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import org.springframework.stereotype.Component;

/**
 * Sums the log up by customer, event and day of the company's zone, one statement a batch: a question about weeks reads
 * this instead of every event. Calls without an event name stand under their type: {@code page}, {@code identify}.
 */
@Component
class DailyRollup implements Tail {
    private final Warehouse warehouse;
    private final String zone;

    DailyRollup(Warehouse warehouse, PlatformSettings settings) {
        this.warehouse = warehouse;
        this.zone = settings.zone().getId();
    }

    @Override
    public String name() {
        return "daily roll-up";
    }

    @Override
    public boolean wantsEvents() {
        return false;
    }

    @Override
    public void process(Batch batch) {
        warehouse.append("event_days", batch.id(), Rows.selected(Sql.of("""
                select customer_id, case when type = 'track' then name else type end as event_name,
                    cast(timezone(?, timezone('UTC', occurred_at)) as date) as event_day,
                    count(*), sum(amount), import_id, max(seq)
                from events where seq between ? and ?
                group by customer_id, event_name, event_day, import_id
                """, zone, batch.fromSeq(), batch.toSeq())));
    }
}
