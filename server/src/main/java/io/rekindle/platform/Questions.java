package io.rekindle.platform;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.RowMapperResultSetExtractor;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.ParsedSql;
import org.springframework.stereotype.Component;
import org.springframework.util.ConcurrentLruCache;

/**
 * Several questions to PostgreSQL in one exchange: where little is asked of each, what takes time is the going to and fro.
 * They are read at one moment only within a transaction that sees one; none may change anything.
 */
@Component
public class Questions {
    private static final int KEPT = 256;

    private final JdbcTemplate jdbc;
    private final ConcurrentLruCache<String, ParsedSql> parsed =
            new ConcurrentLruCache<>(KEPT, NamedParameterUtils::parseSqlStatement);

    Questions(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One question.
     *
     * @param sql one statement that selects; named parameters as {@code :name}
     * @param values of the parameters; none of them null or a list
     */
    public record Question<T>(String sql, Map<String, ?> values, RowMapper<T> row) {}

    /** What was answered. */
    public static final class Answers {
        private final IdentityHashMap<Question<?>, List<?>> rows = new IdentityHashMap<>();

        private Answers() {}

        /** The rows answered to one of the questions asked. */
        @SuppressWarnings("unchecked") // each list is made by its question's own row mapper
        public <T> List<T> to(Question<T> question) {
            var answered = rows.get(question);
            if (answered == null) throw new IllegalArgumentException("this was not asked: " + question.sql());
            return (List<T>) answered;
        }
    }

    /** Asks all of them; fails as a whole when one of them does. */
    public Answers ask(Question<?>... questions) {
        var sql = new StringBuilder();
        var values = new ArrayList<Object>();
        for (var question : questions) {
            var named = new MapSqlParameterSource(question.values());
            var form = parsed.get(question.sql());
            if (!sql.isEmpty()) sql.append(';');
            sql.append(NamedParameterUtils.substituteNamedParameters(form, named));
            for (var value : NamedParameterUtils.buildValueArray(form, named, null)) values.add(value);
        }
        var answers = jdbc.execute(sql.toString(), (PreparedStatement statement) -> {
            for (int i = 0; i < values.size(); i++)
                StatementCreatorUtils.setParameterValue(statement, i + 1, SqlTypeValue.TYPE_UNKNOWN, values.get(i));
            statement.execute();
            var read = new Answers();
            for (int i = 0; i < questions.length; i++) {
                if (i > 0) statement.getMoreResults();
                read.rows.put(questions[i], rows(questions[i], statement));
            }
            return read;
        });
        if (answers == null) throw new IllegalStateException("PostgreSQL answered nothing");
        return answers;
    }

    private static <T> List<T> rows(Question<T> question, PreparedStatement statement) throws SQLException {
        try (var rows = statement.getResultSet()) {
            if (rows == null) throw new IllegalArgumentException("this selects nothing: " + question.sql());
            return new RowMapperResultSetExtractor<>(question.row()).extractData(rows);
        }
    }
}
