package io.rekindle.collect.pulls;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.platform.OutgoingAddresses;
import io.rekindle.platform.OutgoingSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The company's own databases. */
@Component
public class Databases {
    private static final String SEALED_AS = "database-password";
    private static final int LONGEST_NAME = 100;
    private static final String ALL = """
            select d.*, (select count(*) from pulls p where p.connection_id = d.id) as pulls from database_connections d
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final SystemClock clock;
    private final Vault vault;
    private final Drivers drivers;
    private final OutgoingAddresses addresses;
    private final OutgoingSettings outgoing;

    Databases(
            JdbcClient jdbc,
            AuditTrail audit,
            SystemClock clock,
            Vault vault,
            Drivers drivers,
            OutgoingAddresses addresses,
            OutgoingSettings outgoing) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.vault = vault;
        this.drivers = drivers;
        this.addresses = addresses;
        this.outgoing = outgoing;
    }

    public List<Database> list() {
        return jdbc.sql(ALL + "order by d.id").query(Databases::database).list();
    }

    public Database get(long id) {
        return jdbc.sql(ALL + "where d.id = :id")
                .param("id", id)
                .query(Databases::database)
                .optional()
                .orElseThrow(() -> Problem.notFound("database_not_found", "there is no database {id}")
                        .with("id", id));
    }

    @Transactional
    public Database create(Database.Draft draft) {
        var name = checked(draft);
        long id = jdbc.sql("""
                        insert into database_connections (name, url, user_name, sealed_password, created_at, created_by)
                        values (:name, :url, :user, :password, :at, :by) on conflict (name) do nothing returning id
                        """)
                .param("name", name)
                .param("url", draft.url().strip())
                .param("user", blankToNull(draft.user()), Types.VARCHAR)
                .param("password", sealed(draft.password()), Types.BINARY)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .param("by", Caller.current().name())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> taken(name));
        audit.record("database.created", "database " + id, words(draft, name));
        return get(id);
    }

    @Transactional
    public Database update(long id, Database.Draft draft) {
        var before = get(id);
        var name = checked(draft);
        if (jdbc.sql("select exists (select from database_connections where name = :name and id <> :id)")
                .param("name", name)
                .param("id", id)
                .query(Boolean.class)
                .single()) throw taken(name);
        boolean elsewhere = !before.url().equals(draft.url().strip());
        if (elsewhere && before.hasPassword() && draft.password() == null)
            throw Problem.invalid(
                    "database_password_again",
                    "the password was given for another address; give it again, so that nobody sends it where it was not meant to go");
        if (elsewhere) beginAnew(id);
        jdbc.sql("""
                        update database_connections set name = :name, url = :url, user_name = :user,
                            sealed_password = case when :keep then sealed_password else :password end
                        where id = :id
                        """)
                .param("name", name)
                .param("url", draft.url().strip())
                .param("user", blankToNull(draft.user()), Types.VARCHAR)
                .param("keep", draft.password() == null)
                .param("password", sealed(draft.password()), Types.BINARY)
                .param("id", id)
                .update();
        audit.record("database.changed", "database " + id, words(draft, name));
        return get(id);
    }

    /** How far its pulls had come says nothing of another database, whose numbers may begin at 1. What is there stays. */
    private void beginAnew(long id) {
        var running = jdbc.sql("""
                        select p.id from pulls p join pull_runs r on r.pull_id = p.id
                        where p.connection_id = :id and r.state in ('reading', 'importing') limit 1
                        """).param("id", id).query(Long.class).optional();
        if (running.isPresent())
            throw Problem.conflict("pull_running", "pull {id} is being done; wait until it is over")
                    .with("id", running.get());
        jdbc.sql("update pulls set watermark = null where connection_id = :id")
                .param("id", id)
                .update();
    }

    @Transactional
    public void delete(long id) {
        var gone = get(id);
        if (gone.pulls() > 0)
            throw Problem.conflict("database_in_use", "{pulls} pull(s) read from database {id}; delete those first")
                    .with("pulls", gone.pulls())
                    .with("id", id);
        jdbc.sql("delete from database_connections where id = :id")
                .param("id", id)
                .update();
        audit.record("database.deleted", "database " + id, gone.name());
    }

    /** Connects and asks what answers. */
    public Database.Tried tryOut(long id) {
        try (var open = open(id)) {
            return new Database.Tried(open.product());
        }
    }

    SourceDatabase open(long id) {
        return jdbc.sql("select * from database_connections where id = :id")
                .param("id", id)
                .query((row, n) -> {
                    var sealed = row.getBytes("sealed_password");
                    return SourceDatabase.open(
                            JdbcAddress.of(row.getString("url")),
                            row.getString("user_name"),
                            sealed == null ? null : new String(vault.open(SEALED_AS, sealed), StandardCharsets.UTF_8),
                            drivers,
                            addresses,
                            outgoing.patience());
                })
                .optional()
                .orElseThrow(() -> Problem.notFound("database_not_found", "there is no database {id}")
                        .with("id", id));
    }

    private static String checked(Database.Draft draft) {
        var name = draft.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME)
            throw Problem.invalid("database_name_invalid", "a database needs a name of 1 to 100 characters");
        JdbcAddress.of(draft.url());
        return name;
    }

    private static String words(Database.Draft draft, String name) {
        return "%s: %s".formatted(name, JdbcAddress.of(draft.url()).url());
    }

    private static Problem taken(String name) {
        return Problem.conflict("database_name_taken", "there is a database named '{name}' already")
                .with("name", name);
    }

    private byte @Nullable [] sealed(@Nullable String password) {
        return password == null || password.isEmpty()
                ? null
                : vault.seal(SEALED_AS, password.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    private static Database database(ResultSet row, int n) throws SQLException {
        return new Database(
                row.getLong("id"),
                row.getString("name"),
                row.getString("url"),
                row.getString("user_name"),
                row.getBytes("sealed_password") != null,
                row.getLong("pulls"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }
}
