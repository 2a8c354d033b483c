package io.rekindle.app.cli;

import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Problem;

/** Which PostgreSQL is meant by a command that works without a server. */
final class DatabaseVariables {
    private static final int CONNECTIONS = 4;

    private DatabaseVariables() {}

    static DatabaseSettings read() {
        try {
            return new DatabaseSettings(
                    System.getenv("REKINDLE_DATABASE_URL"),
                    System.getenv("REKINDLE_DATABASE_USER"),
                    System.getenv("REKINDLE_DATABASE_PASSWORD"),
                    CONNECTIONS);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("settings_invalid", String.valueOf(e.getMessage()));
        }
    }
}
