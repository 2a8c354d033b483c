package io.rekindle.export;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Calls to other systems tell of events; what was told to them is for them to erase. Files with personal fields are made
 * anew without the person.
 */
@Component
class ExportPersonalData implements PersonalData {
    private final JdbcClient jdbc;
    private final Jobs jobs;
    private final BusinessClock clock;

    ExportPersonalData(JdbcClient jdbc, Jobs jobs, BusinessClock clock) {
        this.jdbc = jdbc;
        this.jobs = jobs;
        this.clock = clock;
    }

    @Override
    public String module() {
        return "export";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("webhook_deliveries", "customer_id").inClear(),
                PersonalTable.kept("webhooks")
                        .sealing("sealed_secret", Webhooks.SEALED_AS)
                        .sealing("sealed_earlier", Webhooks.SEALED_AS),
                PersonalTable.kept("exports").sealing("sealed_s3_secret", Exports.SEALED_AS));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        jdbc.sql("""
                        select id from exports where personal <> 'none' and 'profiles' = any (data)
                            and exists (select from export_runs where export_id = exports.id)
                        """)
                .query(Long.class)
                .list()
                .forEach(id -> jobs.schedule(Exports.JOB, Long.toString(id), clock.instant()));
    }
}
