package io.rekindle.consent;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What customers are asked, in all its versions. */
@Component
public class Wordings {
    /** What the preference centre asks, unless a wording of this code says otherwise. */
    public static final String PREFERENCES = "preferences";

    /** What the mail that asks for confirmation, and its page, say. */
    public static final String CONFIRMATION = "confirmation";

    private static final Pattern COUNTRY = Pattern.compile("|[A-Z]{2}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2}");
    private static final Pattern REFERENCE = Pattern.compile("[a-z][a-z0-9_]{0,39}@[1-9][0-9]{0,5}");
    private static final int LONGEST = 4_000;

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    Wordings(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Every version, latest first of each code. */
    public List<Wording> all() {
        record Key(String code, int version) {}
        var texts = new HashMap<Key, List<Wording.Text>>();
        jdbc.sql("""
                        select code, version, country, language, body from consent_wording_texts
                        order by code, version, country, language
                        """).query(row -> {
            texts.computeIfAbsent(new Key(row.getString("code"), row.getInt("version")), key -> new ArrayList<>())
                    .add(new Wording.Text(row.getString("country"), row.getString("language"), row.getString("body")));
        });
        return jdbc.sql("""
                        select code, version, created_at, created_by from consent_wordings order by code, version desc
                        """)
                .query((row, n) -> new Wording(
                        row.getString("code"),
                        row.getInt("version"),
                        texts.getOrDefault(new Key(row.getString("code"), row.getInt("version")), List.of()),
                        ConsentStore.instant(row, "created_at"),
                        row.getString("created_by")))
                .list();
    }

    /** The version that is asked now. */
    public Optional<Wording> latest(String code) {
        return latest().stream().filter(wording -> wording.code().equals(code)).findFirst();
    }

    /** Of each wording the version in use. */
    public List<Wording> latest() {
        var latest = new LinkedHashMap<String, Wording>();
        for (var wording : all()) latest.putIfAbsent(wording.code(), wording);
        return List.copyOf(latest.values());
    }

    /** The version a consent names; empty when it is none of ours. */
    public Optional<Wording> find(String reference) {
        return all().stream()
                .filter(wording -> wording.reference().equals(reference))
                .findFirst();
    }

    /** Refuses what is no reference (wording_invalid) and a version that is not kept (wording_not_found). */
    void requireKept(String reference) {
        if (!isReference(reference))
            throw Problem.invalid("wording_invalid", "'{given}' names no version of a wording, e.g. newsletter@3")
                    .with("given", reference);
        if (find(reference).isEmpty())
            throw Problem.of(
                            Problem.Kind.UNPROCESSABLE,
                            "wording_not_found",
                            "there is no wording {wording}; save what was asked as a version first, or leave it out and say it in the proof")
                    .with("wording", reference);
    }

    /** Saves the next version of a wording; the ones before stay. */
    @Transactional
    public Wording save(String code, List<Wording.Text> texts, String by) {
        Consents.word("wording", code);
        if (texts.isEmpty()) throw Problem.invalid("wording_empty", "a wording needs at least one text");
        var places = new HashSet<List<String>>();
        for (var text : texts) check(text, places);
        int version = jdbc.sql("""
                        insert into consent_wordings (code, version, created_at, created_by)
                        select :code, coalesce(max(version), 0) + 1, :now, :by from consent_wordings where code = :code
                        returning version
                        """)
                .param("code", code)
                .param("now", ConsentStore.utc(clock.instant()))
                .param("by", by)
                .query(Integer.class)
                .single();
        for (var text : texts)
            jdbc.sql("""
                            insert into consent_wording_texts (code, version, country, language, body)
                            values (:code, :version, :country, :language, :body)
                            """)
                    .params(Map.of(
                            "code", code,
                            "version", version,
                            "country", text.country(),
                            "language", text.language(),
                            "body", text.body().strip()))
                    .update();
        return latest(code).orElseThrow();
    }

    private static void check(Wording.Text text, Set<List<String>> places) {
        if (!COUNTRY.matcher(text.country()).matches())
            throw Problem.invalid(
                            "country_invalid", "'{given}' is no country: two capital letters as in ISO 3166, e.g. DE")
                    .with("given", text.country());
        if (!LANGUAGE.matcher(text.language()).matches())
            throw Problem.invalid(
                            "language_invalid", "'{given}' is no language: two small letters as in ISO 639, e.g. zh")
                    .with("given", text.language());
        if (text.body().isBlank() || text.body().length() > LONGEST)
            throw Problem.invalid("wording_text_length", "a text of a wording has 1 to {most} characters")
                    .with("most", LONGEST);
        if (!places.add(List.of(text.country(), text.language())))
            throw Problem.invalid(
                            "wording_text_twice", "there are two texts for country '{country}' and language {language}")
                    .with("country", text.country())
                    .with("language", text.language());
    }

    /** Whether a text names a version of a wording, known here or only to who asked. */
    static boolean isReference(String text) {
        return REFERENCE.matcher(text).matches();
    }
}
