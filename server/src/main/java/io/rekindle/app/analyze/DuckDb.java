package io.rekindle.app.analyze;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** An in-memory DuckDB that reads and writes Parquet and nothing else: no download, no file of its own. */
final class DuckDb {
    private DuckDb() {}

    static Connection inMemory() throws SQLException {
        var settings = new Properties();
        settings.setProperty("jdbc_stream_results", "true");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("memory_limit", "1GB");
        settings.setProperty("temp_directory", "");
        var duckdb = DriverManager.getConnection("jdbc:duckdb:", settings);
        try (var statement = duckdb.createStatement()) {
            statement.execute("set TimeZone = 'UTC'");
        }
        return duckdb;
    }
}
