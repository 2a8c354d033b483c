package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.database.StateDatabase;
import io.rekindle.testing.TestFolders;
import io.rekindle.testing.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseContentsTest {
    private static final DatabaseContents NOTHING = new DatabaseContents(true, Optional.empty(), Optional.empty());
    private static final DatabaseContents OTHER = new DatabaseContents(false, Optional.empty(), Optional.empty());
    private static final DatabaseContents OURS = new DatabaseContents(false, Optional.of("ours"), Optional.empty());

    private final Path data = TestFolders.newFolder("data");
    private final DatabaseSettings database = aDatabase();

    @Test
    void aNewDatabaseAndOneThatWasOnlyMigratedHoldNothing() {
        assertThat(DatabaseContents.look(database)).isEqualTo(NOTHING);
        open();
        assertThat(DatabaseContents.look(database)).isEqualTo(NOTHING);
    }

    @Test
    void theEmbeddedOneHoldsNothingYet() {
        assertThat(DatabaseContents.look(new DatabaseSettings(null, null, null, 2)))
                .isEqualTo(NOTHING);
    }

    @Test
    void aDatabaseIsEmptiedOfTheInstallationThatIsNamedAndOfNoOther() {
        open("insert into installation (id, key_fingerprint) values ('ours', 'f')");
        assertThat(DatabaseContents.look(database)).isEqualTo(OURS);

        assertThat(DatabaseContents.empty(database, data, "another")).contains(OURS);
        assertThat(DatabaseContents.look(database)).isEqualTo(OURS);

        assertThat(DatabaseContents.empty(database, data, "ours")).isEmpty();
        assertThat(DatabaseContents.look(database)).isEqualTo(NOTHING);
        open("insert into installation (id, key_fingerprint) values ('next', 'f')");
        assertThat(DatabaseContents.look(database).installation()).contains("next");
    }

    @Test
    void whatIsInUseWithoutAMarkOrIsNotOursIsNotEmpty() {
        open("""
                insert into users (email, name, password_hash, roles, created_at)
                values ('a@example.com', 'A', 'x', array['admin'], timestamptz '2026-01-01 00:00:00Z')
                """);
        assertThat(DatabaseContents.look(database)).isEqualTo(OTHER);

        var strangers = aDatabase();
        StateDatabase.ask(strangers, connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute("create table invoices (id bigint)");
            }
        });
        assertThat(DatabaseContents.look(strangers)).isEqualTo(OTHER);
    }

    @Test
    void whatOthersPutBesideOursIsNeverEmptiedWithIt() {
        open("insert into installation (id, key_fingerprint) values ('ours', 'f')");
        assertThat(DatabaseContents.look(database)).isEqualTo(OURS);
        open("create table invoices (id bigint)");
        var mixed = new DatabaseContents(false, Optional.empty(), Optional.of("invoices"));
        assertThat(DatabaseContents.look(database)).isEqualTo(mixed);
        assertThat(DatabaseContents.empty(database, data, "ours")).contains(mixed);
        open("insert into invoices values (1)");
    }

    private static DatabaseSettings aDatabase() {
        var place = TestPostgres.newDatabase();
        return new DatabaseSettings(place.url(), place.user(), place.password(), 2);
    }

    private void open(String... statements) {
        try (var state = StateDatabase.open(database, data, taken -> {});
                var connection = state.dataSource().getConnection();
                var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
