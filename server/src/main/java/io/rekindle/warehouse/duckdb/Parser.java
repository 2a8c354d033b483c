package io.rekindle.warehouse.duckdb;

import io.rekindle.warehouse.WarehouseException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/**
 * The engine's parser in an instance of its own, without data: in the form of the warehouse's file, an older one, a parsed
 * query lacks what that form does not know, and who judges it would not see all of it.
 */
final class Parser implements AutoCloseable {
    private final DuckDBConnection connection;

    Parser() {
        var properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("enable_external_access", "false");
        properties.setProperty("temp_directory", "");
        properties.setProperty("threads", "1");
        properties.setProperty("memory_limit", "256MB");
        try {
            connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
        } catch (SQLException e) {
            throw new WarehouseException("the parser cannot be opened: " + e.getMessage(), e);
        }
    }

    synchronized String parsed(String query) {
        try (var statement = connection.prepareStatement("select json_serialize_sql(cast(? as varchar))")) {
            statement.setString(1, query);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            throw new WarehouseException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new WarehouseException("the parser cannot be closed: " + e.getMessage(), e);
        }
    }
}
