package io.rekindle.profile;

import io.rekindle.common.CustomerId;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Service tickets: what a help desk sends as {@code Ticket Opened} (or {@code Ticket Created}), {@code Ticket Reopened} and
 * {@code Ticket Closed} (or {@code Ticket Solved}), with {@code ticket_id}. A ticket is open when the last of them says so; an
 * event without an id is a ticket of its own.
 */
@Component
class Tickets implements Section {
    /** What it is worked out from. */
    static final Set<String> EVENTS =
            Set.of("Ticket Opened", "Ticket Created", "Ticket Reopened", "Ticket Closed", "Ticket Solved");

    private final Warehouse warehouse;
    private final EventsOf events;

    Tickets(Warehouse warehouse, EventsOf events) {
        this.warehouse = warehouse;
        this.events = events;
    }

    @Override
    public Kind kind() {
        return Kind.TICKETS;
    }

    @Override
    public List<Figure> of(CustomerId customer) {
        return warehouse
                .first(
                        Sql.of("""
                                select count(*) as tickets, count(*) filter (where name not in ('Ticket Closed', 'Ticket Solved')) as still_open,
                                    max(occurred_at) as last_at
                                from (select name, occurred_at from
                                """).then(events.customer(customer)).then("""
                                      theirs where type = 'track'
                                          and name in ('Ticket Opened', 'Ticket Created', 'Ticket Reopened', 'Ticket Closed', 'Ticket Solved')
                                      qualify row_number() over (
                                          partition by coalesce(json_text(properties, '$.ticket_id'), 'seq ' || cast(seq as varchar))
                                          order by occurred_at desc, seq desc) = 1) tickets
                                """),
                        row -> row.longValue("tickets") == 0
                                ? List.<Figure>of()
                                : List.of(
                                        new Figure("tickets", BigDecimal.valueOf(row.longValue("tickets")), null),
                                        new Figure(
                                                "openTickets", BigDecimal.valueOf(row.longValue("still_open")), null),
                                        new Figure("lastTicket", null, row.instant("last_at"))))
                .orElse(List.of());
    }
}
