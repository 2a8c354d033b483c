package io.rekindle.warehouse.duckdb;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is used again and again, by one thread at a time, with the statements every small batch needs: to
 * prepare them costs more than to run them. One that failed the engine has closed; it is prepared anew.
 */
final class Held implements AutoCloseable {
    private final DuckDBConnection connection;
    private @Nullable PreparedStatement begin;
    private @Nullable PreparedStatement commit;
    private @Nullable PreparedStatement note;

    Held(DuckDBConnection connection) {
        this.connection = connection;
    }

    DuckDBConnection connection() {
        return connection;
    }

    void begin() throws SQLException {
        var statement = begin;
        if (statement == null) begin = statement = connection.prepareStatement("begin transaction");
        try {
            statement.execute();
        } catch (SQLException e) {
            begin = null;
            throw e;
        }
    }

    void commit() throws SQLException {
        var statement = commit;
        if (statement == null) commit = statement = connection.prepareStatement("commit");
        try {
            statement.execute();
        } catch (SQLException e) {
            commit = null;
            throw e;
        }
    }

    /** Fails when the batch was noted before: its id is the table's key. */
    void note(String table, String batchId, long rows) throws SQLException {
        var statement = note;
        if (statement == null) note = statement = connection.prepareStatement("insert into batches values (?, ?, ?)");
        try {
            statement.setString(1, table);
            statement.setString(2, batchId);
            statement.setLong(3, rows);
            statement.executeUpdate();
        } catch (SQLException e) {
            note = null;
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        try {
            for (var statement : new PreparedStatement[] {begin, commit, note})
                if (statement != null) statement.close();
        } finally {
            connection.close();
        }
    }
}
