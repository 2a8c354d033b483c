package io.rekindle.collect.log;

import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.LoggedEvents;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Warehouse;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

@Component
final class EventsOfLog implements LoggedEvents {
    private final EventReader reader;

    EventsOfLog(Warehouse warehouse, JdbcClient jdbc, Vault vault, JsonMapper json) {
        this.reader = new EventReader(warehouse, jdbc, vault, json);
    }

    @Override
    public List<LoggedEvent> at(Collection<Long> places) {
        return reader.at(places);
    }
}
