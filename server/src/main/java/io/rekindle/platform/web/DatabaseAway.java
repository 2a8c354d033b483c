package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Failures that only say that PostgreSQL does not answer at the moment: nothing is wrong here, and it passes. */
final class DatabaseAway {
    private DatabaseAway() {}

    /** A {@link Problem} {@code database_unavailable} when that is what the failure comes from. */
    static Optional<Problem> behind(@Nullable Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause())
            if (cause instanceof SQLException sql && isAway(sql))
                return Optional.of(new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "database_unavailable",
                        "PostgreSQL does not answer at the moment; try again in a few seconds",
                        List.of()));
        return Optional.empty();
    }

    /** No connection was to be had, or it was lost (class 08), or the server is going down or coming up (57P01 to 57P03). */
    private static boolean isAway(SQLException e) {
        if (e instanceof SQLTransientConnectionException) return true;
        var state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }
}
