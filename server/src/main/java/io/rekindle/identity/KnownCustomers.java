package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tombstones;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Tells those who take in events whether an identifier is a customer's. */
@Component
class KnownCustomers implements Tombstones.Living {
    private final JdbcClient jdbc;

    KnownCustomers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public boolean isKnown(Identifier identifier) {
        return jdbc.sql("select exists (select from identifiers where id = :id)")
                .param("id", identifier.id().value())
                .query(Boolean.class)
                .single();
    }
}
