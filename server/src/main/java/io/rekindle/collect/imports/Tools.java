package io.rekindle.collect.imports;

import io.rekindle.collect.DoubleOptIn;
import io.rekindle.collect.FileCurrency;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Imports;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.intake.ImportedItems;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What every import works with. */
record Tools(
        Warehouse warehouse,
        CommitLog log,
        Tails tails,
        Identifiers identifiers,
        ImportedItems items,
        Vault vault,
        Tombstones tombstones,
        JsonMapper json,
        Supplier<Map<String, Predicate<String>>> tags,
        Supplier<DoubleOptIn.Rule> doubleOptIn,
        int source,
        ZoneId zone,
        String currency) {
    /**
     * Opens the file and holds the mapping against it: whatever of both is wrong is said here; before anything is read, that
     * there is no rate for its amounts.
     */
    Ready ready(Given given, ImportStore store, boolean resumed) {
        var amounts = FileCurrency.of(given.mapping(), currency);
        var latest = given.now().plus(FileImports.CLOCKS_APART);
        return switch (given.mapping().tells()) {
            case ORDERS -> orders(given, store, amounts, latest, resumed);
            case PRODUCTS, COSTS -> new FactsImport(this, store, given, amounts, latest);
            case CUSTOMERS, SURVEYS, CAMPAIGN_HISTORY -> new EventsImport(this, store, given, latest, resumed);
        };
    }

    private Ready orders(Given given, ImportStore store, FileCurrency amounts, Instant latest, boolean resumed) {
        var staging = new Staging();
        Table table = null;
        try {
            table = Table.open(given.file(), given.mapping().encoding(), staging.connection());
            var opened = table;
            var reader = new LineReader(given.mapping(), table.columns(), zone, amounts, latest);
            return new Ready() {
                @Override
                public @Nullable String encoding() {
                    return opened.encoding();
                }

                @Override
                public Imports.Report run(Course course) {
                    return new OrderImport(Tools.this, store, given, amounts, resumed)
                            .run(opened, reader, staging, course);
                }

                @Override
                public void close() {
                    opened.close();
                    staging.close();
                }
            };
        } catch (RuntimeException e) {
            if (table != null) table.close();
            staging.close();
            throw e;
        }
    }
}
