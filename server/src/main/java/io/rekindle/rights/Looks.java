package io.rekindle.rights;

import io.rekindle.access.AccessLog;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who looked at a person, under whatever id the person had then. */
@Component
public class Looks {
    private final AccessLog accesses;
    private final Persons persons;
    private final Profiles profiles;
    private final Warehouse warehouse;

    Looks(AccessLog accesses, Persons persons, Profiles profiles, Warehouse warehouse) {
        this.accesses = accesses;
        this.persons = persons;
        this.profiles = profiles;
        this.warehouse = warehouse;
    }

    /** Latest first; the cursor is the id to go on below. */
    public Page<AccessLog.Look> at(CustomerId asked, long below, int limit) {
        if (!profiles.exists(asked))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", asked);
        var ids = persons.of(List.of(asked)).ids();
        return accesses.of(ids, firstHeardOf(ids), below, limit);
    }

    private @Nullable Long firstHeardOf(Collection<CustomerId> ids) {
        var places = ids.stream().map(id -> Sql.of("?", id.value())).toList();
        return warehouse
                .first(
                        Sql.of("select min(seq) as first from events where customer_id in")
                                .then(Sql.join(", ", places).inParentheses()),
                        row -> Optional.ofNullable(row.nullableLong("first")))
                .flatMap(first -> first)
                .orElse(null);
    }
}
