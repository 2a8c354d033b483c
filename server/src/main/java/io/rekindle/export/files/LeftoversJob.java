package io.rekindle.export.files;

import io.rekindle.access.AuditTrail;
import io.rekindle.export.Export;
import io.rekindle.export.ExportedFiles;
import io.rekindle.export.Exports;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.OutgoingAddresses;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Deletes in buckets what no export makes any more, as far as the storage lets it. What it does not stands with its reason
 * beside the exports and is tried again every day.
 */
@Component
class LeftoversJob implements Job {
    private static final Duration AGAIN_AFTER = Duration.ofDays(1);

    private final ExportedFiles files;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Vault vault;
    private final OutgoingAddresses addresses;
    private final Jobs jobs;
    private final BusinessClock business;
    private final SystemClock clock;
    private final AuditTrail audit;

    LeftoversJob(
            ExportedFiles files,
            JdbcClient jdbc,
            PlatformTransactionManager transactionManager,
            Vault vault,
            OutgoingAddresses addresses,
            Jobs jobs,
            BusinessClock business,
            SystemClock clock,
            AuditTrail audit) {
        this.files = files;
        this.jdbc = jdbc;
        this.transactions = new TransactionTemplate(transactionManager);
        this.vault = vault;
        this.addresses = addresses;
        this.jobs = jobs;
        this.business = business;
        this.clock = clock;
        this.audit = audit;
    }

    @Override
    public String name() {
        return Exports.LEFTOVERS_JOB;
    }

    @Override
    public void run(String instance) {
        if (files.leftovers().isEmpty()) return;
        // First, so that whoever asks for it meanwhile is heard.
        jobs.schedule(name(), instance, business.instant().plus(AGAIN_AFTER));
        for (var leftover : files.leftovers()) {
            // What a run put a moment ago, before it saw that its export is another, is to go too: its end asks for
            // this again.
            if (isRunning(leftover)) continue;
            try {
                delete(leftover);
            } catch (Problem e) {
                told(leftover, e.detail());
            } catch (IOException e) {
                told(leftover, String.valueOf(e.getMessage()));
            }
        }
    }

    private boolean isRunning(Export.Leftover leftover) {
        return jdbc.sql("""
                        select exists (select from export_runs r join export_leftovers l on l.export_id = r.export_id
                                       where l.id = :id and r.state = 'running')
                        """).param("id", leftover.id()).query(Boolean.class).single();
    }

    private void delete(Export.Leftover leftover) throws IOException {
        var sealed = jdbc.sql("select sealed_s3_secret from export_leftovers where id = :id")
                .param("id", leftover.id())
                .query(byte[].class)
                .optional();
        if (sealed.isEmpty()) return;
        var secret = new String(vault.open(Exports.SEALED_AS, sealed.get()), StandardCharsets.UTF_8);
        try (var store = new S3Store(leftover.s3(), secret, addresses)) {
            while (true) {
                var name = next(leftover);
                if (name.isEmpty()) break;
                delete(leftover, name.get(), store);
            }
        }
        jdbc.sql("delete from export_leftovers where id = :id")
                .param("id", leftover.id())
                .update();
    }

    private Optional<String> next(Export.Leftover leftover) {
        return jdbc.sql("select name from export_leftover_files where leftover_id = :id order by name limit 1")
                .param("id", leftover.id())
                .query(String.class)
                .optional();
    }

    /** A run that puts a file of the same name there waits for the row, and finds it deleted; or has taken it first. */
    private void delete(Export.Leftover leftover, String name, S3Store store) throws IOException {
        try {
            transactions.executeWithoutResult(status -> {
                int still = jdbc.sql("delete from export_leftover_files where leftover_id = :id and name = :name")
                        .param("id", leftover.id())
                        .param("name", name)
                        .update();
                try {
                    if (still == 1) store.delete(name);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void told(Export.Leftover leftover, String failure) {
        jdbc.sql("update export_leftovers set failure = :failure, tried_at = :now where id = :id")
                .param("failure", failure)
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("id", leftover.id())
                .update();
        if (leftover.failure() == null)
            audit.record(
                    "export.files_left",
                    "export leftover " + leftover.id(),
                    "%s: %d files in bucket %s: %s"
                            .formatted(
                                    leftover.export(),
                                    leftover.files(),
                                    leftover.s3().bucket(),
                                    failure));
    }
}
