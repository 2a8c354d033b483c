package io.rekindle.rights;

import io.rekindle.access.AccessLog;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import java.util.List;
import org.springframework.stereotype.Component;

/** Who looked at a person, under whatever id the person had then. */
@Component
public class Looks {
    private final AccessLog accesses;
    private final Persons persons;
    private final Profiles profiles;

    Looks(AccessLog accesses, Persons persons, Profiles profiles) {
        this.accesses = accesses;
        this.persons = persons;
        this.profiles = profiles;
    }

    /** Latest first; the cursor is the id to go on below. */
    public Page<AccessLog.Look> at(CustomerId asked, long below, int limit) {
        if (!profiles.exists(asked))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", asked);
        return accesses.of(persons.of(List.of(asked)).ids(), below, limit);
    }
}
