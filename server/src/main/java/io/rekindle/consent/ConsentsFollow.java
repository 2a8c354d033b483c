package io.rekindle.consent;

import io.rekindle.identity.IdentityFollower;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Permissions lie with whom they belong to. */
@Component
class ConsentsFollow implements IdentityFollower {
    private final JdbcClient jdbc;

    ConsentsFollow(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String what() {
        return "permissions";
    }

    @Override
    public long misplaced() {
        return jdbc.sql("""
                        select count(*) from consents c join customer_aliases a on a.alias_id = c.customer_id
                        where a.customer_id <> c.customer_id
                        """).query(Long.class).single();
    }
}
