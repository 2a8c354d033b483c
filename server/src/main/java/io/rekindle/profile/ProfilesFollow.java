package io.rekindle.profile;

import io.rekindle.identity.IdentityFollower;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Profiles lie with whom they belong to. */
@Component
class ProfilesFollow implements IdentityFollower {
    private final JdbcClient jdbc;

    ProfilesFollow(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String what() {
        return "profiles, traits and personal fields";
    }

    @Override
    public long misplaced() {
        return jdbc.sql("""
                        select (select count(*) from customers c join customer_aliases a on a.alias_id = c.customer_id
                                where a.customer_id <> c.customer_id)
                            + (select count(*) from traits t join customer_aliases a on a.alias_id = t.identity_id
                                where a.customer_id <> t.customer_id)
                            + (select count(*) from personal_fields f join customer_aliases a on a.alias_id = f.identity_id
                                where a.customer_id <> f.customer_id)
                            + (select count(*) from person_keys k join customer_aliases a on a.alias_id = k.customer_id
                                where a.customer_id <> k.customer_id)
                            + (select count(*) from (select customer_id from traits group by customer_id, trait
                                having count(*) filter (where standing) <> 1) double_traits)
                            + (select count(*) from (select customer_id from personal_fields group by customer_id, field
                                having count(*) filter (where standing) <> 1) double_fields)
                        """).query(Long.class).single();
    }
}
