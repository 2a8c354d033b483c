package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Questions.Question;
import io.rekindle.testing.TestPostgres;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.SqlArrayValue;

class QuestionsTest {
    private static final TestPostgres.Place PLACE = TestPostgres.newDatabase();

    @Test
    void eachIsAnsweredByItsOwnRowsHoweverOftenTheyAreAsked() {
        asking(questions -> {
            // Oftener than the driver needs to have a statement planned and its numbers sent in binary.
            for (long asked = 1; asked <= 20; asked++) {
                var none = new Question<>(
                        "select n from generate_series(1, 3) n where n > :most",
                        Map.of("most", 3 + asked),
                        (row, i) -> row.getInt("n"));
                var twice = new Question<>(
                        "select :n * 2 as d, :n as n, 'a;b?' as words from generate_series(1, 2)",
                        Map.of("n", asked),
                        (row, i) -> row.getLong("d") + row.getString("words") + row.getLong("n"));
                var listed = new Question<>(
                        "select n from unnest(:all) n order by n",
                        Map.of("all", new SqlArrayValue("bigint", asked, 7L)),
                        (row, i) -> row.getLong("n"));
                var answers = questions.ask(none, twice, listed);
                assertThat(answers.to(none)).isEmpty();
                assertThat(answers.to(twice))
                        .isEqualTo(List.of(2 * asked + "a;b?" + asked, 2 * asked + "a;b?" + asked));
                assertThat(answers.to(listed)).containsExactly(Math.min(asked, 7), Math.max(asked, 7));
            }
        });
    }

    @Test
    void oneThatFailsFailsAllAndTheNextAreAnswered() {
        asking(questions -> {
            var right = new Question<>("select 1 as one", Map.of(), (row, i) -> row.getInt("one"));
            var wrong = new Question<>("select 1 / :by as n", Map.of("by", 0), (row, i) -> row.getInt("n"));
            for (int i = 0; i < 8; i++) {
                assertThatThrownBy(() -> questions.ask(right, wrong, right)).isInstanceOf(DataAccessException.class);
                assertThat(questions.ask(right).to(right)).containsExactly(1);
            }
            assertThatThrownBy(() -> questions.ask(right).to(wrong)).hasMessageContaining("was not asked");
        });
    }

    private static void asking(java.util.function.Consumer<Questions> test) {
        var source = new SingleConnectionDataSource(PLACE.url(), PLACE.user(), PLACE.password(), true);
        try {
            test.accept(new Questions(new JdbcTemplate(source)));
        } finally {
            source.destroy();
        }
    }
}
