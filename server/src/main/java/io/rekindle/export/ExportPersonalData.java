package io.rekindle.export;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.HistoryEmptied;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Mentions;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Calls to other systems tell of events; what was told to them is for them to erase. Files with personal fields are made
 * anew at once without the person, all others when the history is; what no export makes any more is deleted then.
 */
@Component
class ExportPersonalData implements PersonalData, HistoryEmptied {
    private static final int AT_ONCE = 1_000;

    private final JdbcClient jdbc;
    private final Jobs jobs;
    private final BusinessClock clock;
    private final ExportedFiles files;

    ExportPersonalData(JdbcClient jdbc, Jobs jobs, BusinessClock clock, ExportedFiles files) {
        this.jdbc = jdbc;
        this.jobs = jobs;
        this.clock = clock;
        this.files = files;
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
                PersonalTable.kept("exports").sealing("sealed_s3_secret", Exports.SEALED_AS),
                // Of files, and what stands in them; the files are made anew.
                PersonalTable.kept("export_files"),
                PersonalTable.kept("export_leftovers").sealing("sealed_s3_secret", Exports.SEALED_AS));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        makeAgain("personal <> 'none' and 'profiles' = any (data)");
    }

    /** Bodies of calls about others. */
    @Override
    public void reword(Mentions gone) {
        var naming = new HashMap<Long, String>();
        jdbc.sql("select id, body from webhook_deliveries")
                .withFetchSize(AT_ONCE)
                .query(row -> {
                    var body = gone.without("", row.getString("body"));
                    if (!body.equals(row.getString("body"))) naming.put(row.getLong("id"), body);
                });
        naming.forEach((id, body) -> jdbc.sql("update webhook_deliveries set body = :body where id = :id")
                .param("id", id)
                .param("body", body)
                .update());
    }

    @Override
    public void finished() {
        makeAllAnew();
    }

    /** Files of days that have settled still hold it. */
    @Override
    public void emptied() {
        makeAllAnew();
    }

    private void makeAllAnew() {
        // A run that is under way read days in which the person still was.
        jdbc.sql("update exports set generation = generation + 1").update();
        jdbc.sql("delete from export_days").update();
        makeAgain("true");
        try {
            files.sweep();
        } catch (IOException e) {
            throw new UncheckedIOException("files that no export makes any more could not be deleted", e);
        }
        jobs.schedule(Exports.LEFTOVERS_JOB, Exports.ALL_LEFTOVERS, clock.instant());
    }

    private void makeAgain(String which) {
        jdbc.sql("select id from exports where %s and exists (select from export_runs where export_id = exports.id)"
                        .formatted(which))
                .query(Long.class)
                .list()
                .forEach(id -> jobs.schedule(Exports.JOB, Long.toString(id), clock.instant()));
    }
}
