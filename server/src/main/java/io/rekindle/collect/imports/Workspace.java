package io.rekindle.collect.imports;

import io.rekindle.warehouse.Row;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;

/** A place beside the history, in memory, where a file is read and its rows are held against those that are there. */
class Workspace implements AutoCloseable {
    final DuckDBConnection connection;

    Workspace() {
        try {
            connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
            execute("set autoinstall_known_extensions = false");
            execute("set autoload_known_extensions = false");
            execute("set memory_limit = '1GB'");
        } catch (SQLException e) {
            throw new IllegalStateException("no place to stage an import: " + e.getMessage(), e);
        }
    }

    Connection connection() {
        return connection;
    }

    final void query(String sql, Consumer<Row> consumer) {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var row = new Row(rows);
            while (rows.next()) consumer.accept(row);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    final void run(String sql) {
        try {
            execute(sql);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static IllegalStateException failed(SQLException e) {
        return new IllegalStateException("the import's staging failed: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
