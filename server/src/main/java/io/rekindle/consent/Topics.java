package io.rekindle.consent;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The topics customers can choose. */
@Component
public class Topics {
    private static final String COLUMNS =
            "select code, name_en, name_zh, about_en, about_zh, retired from consent_topics ";

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    Topics(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** All of them, in the order they were made. */
    public List<Topic> all() {
        return jdbc.sql(COLUMNS + "order by created_at, code")
                .query((row, n) -> topic(row))
                .list();
    }

    /** Those that are offered. */
    public List<Topic> offered() {
        return all().stream().filter(topic -> !topic.retired()).toList();
    }

    public Optional<Topic> find(String code) {
        return jdbc.sql(COLUMNS + "where code = :code")
                .param("code", code)
                .query((row, n) -> topic(row))
                .optional();
    }

    /** What customers read for a topic; "" is everything that is about none, and one nobody named is called by its code. */
    String nameOf(String code, boolean chinese) {
        if (code.isEmpty()) return chinese ? "一般邮件" : "General news and offers";
        return find(code)
                .map(topic -> chinese ? topic.nameZh() : topic.nameEn())
                .orElse(code);
    }

    /** Refuses a topic nobody has made; {@code topic_not_found}. A retired one may still be spoken of. */
    void requireKnown(String code) {
        Consents.word("topic", code);
        if (find(code).isEmpty())
            throw Problem.of(Problem.Kind.UNPROCESSABLE, "topic_not_found", "there is no topic {topic}")
                    .with("topic", code);
    }

    /** Makes a topic, or changes what it is called. */
    @Transactional
    public Topic save(Topic topic) {
        Consents.word("topic", topic.code());
        if (topic.nameEn().isBlank() || topic.nameZh().isBlank())
            throw Problem.invalid("topic_incomplete", "a topic needs a name in English and in Chinese");
        jdbc.sql("""
                        insert into consent_topics (code, name_en, name_zh, about_en, about_zh, retired, created_at)
                        values (:code, :nameEn, :nameZh, :aboutEn, :aboutZh, :retired, :now)
                        on conflict (code) do update set name_en = excluded.name_en, name_zh = excluded.name_zh,
                            about_en = excluded.about_en, about_zh = excluded.about_zh, retired = excluded.retired
                        """)
                .param("code", topic.code())
                .param("nameEn", topic.nameEn().strip())
                .param("nameZh", topic.nameZh().strip())
                .param("aboutEn", topic.aboutEn().strip())
                .param("aboutZh", topic.aboutZh().strip())
                .param("retired", topic.retired())
                .param("now", ConsentStore.utc(clock.instant()))
                .update();
        return find(topic.code()).orElseThrow();
    }

    private static Topic topic(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Topic(
                row.getString("code"),
                row.getString("name_en"),
                row.getString("name_zh"),
                row.getString("about_en"),
                row.getString("about_zh"),
                row.getBoolean("retired"));
    }
}
