package io.rekindle.collect.pulls;

import io.rekindle.collect.intake.PersonalText;
import io.rekindle.platform.OutgoingAddresses;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A connection to a company's own database, from which is only read. */
final class SourceDatabase implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 1_000;
    private static final int LONGEST_QUERY = 20_000;
    private static final int LONGEST_WORDS = 400;
    /** Whoever waits breaks off first, and knows why. */
    private static final Duration AFTER_ABORT = Duration.ofSeconds(10);

    private final Connection connection;
    private final JdbcAddress address;

    private SourceDatabase(Connection connection, JdbcAddress address) {
        this.connection = connection;
        this.address = address;
    }

    /** What is read as a watermark: it grows with every row that is new or changed. */
    enum Watermark {
        NUMBER,
        DAY,
        LOCAL_TIME,
        MOMENT
    }

    /** What kind of values a column has. */
    enum Form {
        TEXT,
        NUMBER,
        BOOLEAN,
        DAY,
        LOCAL_TIME,
        MOMENT,
        BYTES
    }

    record Column(String name, Form form) {
        /** Null when no watermark can be of it. */
        @Nullable
        Watermark watermark() {
            return switch (form) {
                case NUMBER -> Watermark.NUMBER;
                case DAY -> Watermark.DAY;
                case LOCAL_TIME -> Watermark.LOCAL_TIME;
                case MOMENT -> Watermark.MOMENT;
                case TEXT, BOOLEAN, BYTES -> null;
            };
        }
    }

    /** Receives rows, one value a column: a text, a {@link Boolean}, a {@link Moment}, or null. */
    interface Rows {
        void row(List<@Nullable Object> values);
    }

    /** A time, as ISO 8601 writes it: with Z when it is a moment, without when it is by a clock nobody named. */
    record Moment(String text) {}

    /** What to read. */
    sealed interface From {}

    record Table(String name) implements From {}

    record Query(String sql) implements From {}

    /**
     * Connects.
     *
     * @param patience how long to wait for the connection
     * @throws Problem {@code address_not_allowed}, {@code database_unreachable} or {@code database_refused}
     */
    static SourceDatabase open(
            JdbcAddress address,
            @Nullable String user,
            @Nullable String password,
            Drivers drivers,
            OutgoingAddresses guard,
            Duration patience) {
        var driver = drivers.of(address);
        try {
            guard.of(address.host());
        } catch (UnknownHostException e) {
            throw Problem.of(Problem.Kind.OUTSIDE, "database_unreachable", "there is no host {host}")
                    .with("host", address.host());
        }
        GuardedSockets.guardWith(guard);
        var connection = connect(driver, address, properties(address, user, password, patience), patience);
        try {
            prepare(connection, address);
            return new SourceDatabase(connection, address);
        } catch (SQLException e) {
            close(connection);
            throw refused(e);
        }
    }

    private static Properties properties(
            JdbcAddress address, @Nullable String user, @Nullable String password, Duration patience) {
        var all = new Properties();
        address.options().forEach(all::setProperty);
        if (user != null) all.setProperty("user", user);
        if (password != null) all.setProperty("password", password);
        var millis = Long.toString(patience.toMillis());
        var seconds = Long.toString(Math.max(1, patience.toSeconds()));
        switch (address.dialect()) {
            case JdbcAddress.POSTGRESQL -> {
                all.setProperty("ApplicationName", "Rekindle");
                all.setProperty("connectTimeout", seconds);
                all.setProperty("loginTimeout", seconds);
                all.setProperty("gssEncMode", "disable");
                all.setProperty("socketFactory", GuardedSockets.class.getName());
                if (all.getProperty("sslmode", "").startsWith("verify"))
                    all.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            }
            case JdbcAddress.MARIADB -> {
                all.setProperty("connectTimeout", millis);
                all.setProperty("allowLocalInfile", "false");
                all.setProperty("tinyInt1isBit", "false");
                all.setProperty("yearIsDateType", "false");
                all.setProperty("socketFactory", GuardedSockets.class.getName());
            }
            case JdbcAddress.MYSQL -> {
                all.setProperty("connectTimeout", millis);
                all.setProperty("allowLoadLocalInfile", "false");
                all.setProperty("allowUrlInLocalInfile", "false");
                all.setProperty("autoDeserialize", "false");
                all.setProperty("tinyInt1isBit", "false");
                all.setProperty("yearIsDateType", "false");
                all.setProperty("useCursorFetch", "true");
            }
            case JdbcAddress.SQL_SERVER -> all.setProperty("loginTimeout", seconds);
            default -> {}
        }
        return all;
    }

    /** Not every driver ends its waiting by itself. */
    private static Connection connect(Driver driver, JdbcAddress address, Properties properties, Duration patience) {
        var connecting = new FutureTask<@Nullable Connection>(() -> driver.connect(address.url(), properties));
        Thread.ofVirtual().name("pull-connects").start(connecting);
        try {
            var made = connecting.get(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
            if (made != null) return made;
            throw Problem.invalid("jdbc_url_invalid", "the driver does not know this address");
        } catch (ExecutionException e) {
            for (Throwable why = e; why != null; why = why.getCause())
                if (why instanceof Problem problem) throw problem;
            if (e.getCause() instanceof SQLException refused) throw refused(refused);
            throw new IllegalStateException("the driver of " + address.dialect() + " failed", e.getCause());
        } catch (TimeoutException e) {
            Thread.ofVirtual().start(() -> closeLate(connecting));
            throw Problem.of(
                            Problem.Kind.OUTSIDE,
                            "database_unreachable",
                            "{host} does not answer in {patience}; look at the address, the firewall and rekindle.outgoing.patience")
                    .with("host", address.host())
                    .with("patience", patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while connecting", e);
        }
    }

    private static void closeLate(FutureTask<@Nullable Connection> connecting) {
        try {
            var late = connecting.get();
            if (late != null) close(late);
        } catch (InterruptedException | ExecutionException e) {
            // There is nothing to close.
        }
    }

    private static void prepare(Connection connection, JdbcAddress address) throws SQLException {
        connection.setReadOnly(true);
        if (address.isOfMySql())
            try (var statement = connection.createStatement()) {
                statement.execute("set time_zone = '+00:00'");
                statement.execute("set session transaction read only");
            }
        if (address.isOfMySql() || address.dialect().equals(JdbcAddress.POSTGRESQL))
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
    }

    /** Name and version of what answers. */
    String product() {
        try {
            var about = connection.getMetaData();
            return about.getDatabaseProductName() + " " + about.getDatabaseProductVersion();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** The columns of what would be read. */
    List<Column> columns(From from) {
        try (var statement = connection.prepareStatement("select * from " + source(from) + " where 1 = 0");
                var none = statement.executeQuery()) {
            return columns(none.getMetaData());
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private List<Column> columns(ResultSetMetaData about) throws SQLException {
        var found = new ArrayList<Column>();
        var names = new HashSet<String>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
            var name = about.getColumnLabel(i);
            if (name.isBlank() || !names.add(name))
                throw Problem.invalid(
                                "pull_column_ambiguous",
                                "column {place} has no name of its own ('{name}'); give it one in the query with AS")
                        .with("place", i)
                        .with("name", name);
            found.add(new Column(name, form(about.getColumnType(i), about.getColumnTypeName(i))));
        }
        return found;
    }

    private Form form(int type, @Nullable String named) {
        var name = named == null ? "" : named.toLowerCase(Locale.ROOT);
        return switch (type) {
            case Types.TINYINT,
                    Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.DECIMAL,
                    Types.NUMERIC,
                    Types.REAL,
                    Types.FLOAT,
                    Types.DOUBLE -> Form.NUMBER;
            case Types.BIT, Types.BOOLEAN -> Form.BOOLEAN;
            case Types.DATE -> Form.DAY;
            case Types.TIMESTAMP_WITH_TIMEZONE -> Form.MOMENT;
            // PostgreSQL tells both by one number; of MySQL's two, TIMESTAMP is a moment and DATETIME is not.
            case Types.TIMESTAMP ->
                name.equals("timestamptz") || (address.isOfMySql() && name.startsWith("timestamp"))
                        ? Form.MOMENT
                        : Form.LOCAL_TIME;
            // Microsoft's datetimeoffset.
            case -155 -> Form.MOMENT;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Form.BYTES;
            default -> Form.TEXT;
        };
    }

    private String source(From from) throws SQLException {
        return switch (from) {
            case Table(var name) -> {
                var quoted = new ArrayList<String>();
                for (var part : name.strip().split("\\.", -1)) quoted.add(quoted(part));
                yield String.join(".", quoted);
            }
            case Query(var sql) -> "(" + single(sql) + "\n) pulled";
        };
    }

    /** One query and nothing behind it; what it may do besides is for the database to say, by the user's rights. */
    static String single(String sql) {
        var one = sql.strip();
        while (one.endsWith(";")) one = one.substring(0, one.length() - 1).strip();
        if (one.isEmpty() || one.length() > LONGEST_QUERY || one.indexOf(';') >= 0 || one.indexOf('\0') >= 0)
            throw Problem.invalid(
                    "pull_query_invalid",
                    "a query is one select of at most 20,000 characters, without a semicolon in it");
        return one;
    }

    private String quoted(String name) throws SQLException {
        var quote = connection.getMetaData().getIdentifierQuoteString().strip();
        if (name.isBlank() || name.indexOf('\0') >= 0 || (!quote.isEmpty() && name.contains(quote)))
            throw Problem.invalid("pull_table_invalid", "'{name}' is no name of a table, such as public.orders")
                    .with("name", name);
        return quote + name + quote;
    }

    /** Reads until there is no more, or until {@code rows} throws; a row whose watermark is empty may be new each time. */
    void read(From from, @Nullable Since since, int most, Duration longest, Rows rows) {
        var sql = new StringBuilder();
        try {
            sql.append("select * from ").append(source(from));
            if (since != null)
                sql.append(" where ")
                        .append(quoted(since.column()))
                        .append(" >= ? or ")
                        .append(quoted(since.column()))
                        .append(" is null");
            try (var statement = connection.prepareStatement(
                    sql.toString(), ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
                statement.setFetchSize(most > 0 ? Math.min(most, ROWS_AT_ONCE) : ROWS_AT_ONCE);
                if (most > 0) statement.setMaxRows(most);
                statement.setQueryTimeout(
                        Math.toIntExact(longest.plus(AFTER_ABORT).toSeconds()));
                if (since != null) bind(statement, since);
                try (var found = statement.executeQuery()) {
                    var columns = columns(found.getMetaData());
                    while (found.next()) rows.row(values(found, columns));
                }
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /**
     * From where on to read, that value included.
     *
     * @param value as a pull shows it
     */
    record Since(String column, Watermark kind, String value) {}

    private void bind(PreparedStatement statement, Since since) throws SQLException {
        switch (since.kind()) {
            case NUMBER -> statement.setBigDecimal(1, new BigDecimal(since.value()));
            case DAY -> statement.setObject(1, LocalDate.parse(since.value()));
            case LOCAL_TIME -> statement.setObject(1, LocalDateTime.parse(since.value()));
            case MOMENT -> {
                var at = Instant.parse(since.value()).atOffset(ZoneOffset.UTC);
                statement.setObject(1, address.isOfMySql() ? at.toLocalDateTime() : at);
            }
        }
    }

    /** A watermark that lies an overlap before one; null when the text is none of this kind. */
    static @Nullable String before(String value, Watermark kind, long overlap) {
        try {
            return switch (kind) {
                case NUMBER ->
                    new BigDecimal(value).subtract(BigDecimal.valueOf(overlap)).toPlainString();
                case DAY ->
                    LocalDate.parse(value)
                            .minusDays((overlap + 86_399) / 86_400)
                            .toString();
                case LOCAL_TIME ->
                    LocalDateTime.parse(value).minusSeconds(overlap).toString();
                case MOMENT -> Instant.parse(value).minusSeconds(overlap).toString();
            };
        } catch (NumberFormatException | DateTimeParseException e) {
            return null;
        }
    }

    private List<@Nullable Object> values(ResultSet row, List<Column> columns) {
        var values = new ArrayList<@Nullable Object>(columns.size());
        for (int i = 1; i <= columns.size(); i++)
            values.add(value(row, i, columns.get(i - 1).form()));
        return values;
    }

    /** What cannot be read as what its column is, a day 0000-00-00 perhaps, is told as it is written. */
    private @Nullable Object value(ResultSet row, int place, Form form) {
        try {
            var read = typed(row, place, form);
            if (read != null) return read;
        } catch (SQLException | RuntimeException e) {
            // Said below.
        }
        try {
            return row.getString(place);
        } catch (SQLException | RuntimeException e) {
            return null;
        }
    }

    private @Nullable Object typed(ResultSet row, int place, Form form) throws SQLException {
        return switch (form) {
            case TEXT, NUMBER -> row.getString(place);
            case BOOLEAN -> {
                boolean yes = row.getBoolean(place);
                yield row.wasNull() ? null : yes;
            }
            case DAY -> {
                var day = row.getObject(place, LocalDate.class);
                yield day == null || !isOfNow(day) ? null : new Moment(day.toString());
            }
            case LOCAL_TIME -> {
                var time = row.getObject(place, LocalDateTime.class);
                yield time == null || !isOfNow(time.toLocalDate()) ? null : new Moment(time.toString());
            }
            case MOMENT -> {
                var time = address.isOfMySql()
                        ? row.getObject(place, LocalDateTime.class)
                        : row.getObject(place, OffsetDateTime.class);
                yield switch (time) {
                    case LocalDateTime local
                    when isOfNow(local.toLocalDate()) ->
                        new Moment(local.toInstant(ZoneOffset.UTC).toString());
                    case OffsetDateTime zoned
                    when isOfNow(zoned.toLocalDate()) ->
                        new Moment(zoned.toInstant().toString());
                    case null, default -> null;
                };
            }
            case BYTES -> {
                var bytes = row.getBytes(place);
                yield bytes == null ? null : java.util.HexFormat.of().formatHex(bytes);
            }
        };
    }

    /** PostgreSQL's infinity is read as the last day there is. */
    private static boolean isOfNow(LocalDate day) {
        return day.getYear() > 0 && day.getYear() < 10_000;
    }

    /** What the database says, without what may stand for a person. */
    private static Problem refused(SQLException e) {
        for (Throwable why = e; why != null; why = why.getCause()) if (why instanceof Problem problem) return problem;
        var words = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
        return Problem.of(Problem.Kind.OUTSIDE, "database_refused", "the database says: {words}")
                .with(
                        "words",
                        PersonalText.redacted(
                                words.length() > LONGEST_WORDS ? words.substring(0, LONGEST_WORDS) : words,
                                PersonalText.Kind.FREE));
    }

    /** Ends what is under way, from another thread. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) connection.rollback();
        } catch (SQLException e) {
            // It is gone.
        }
    }
}
