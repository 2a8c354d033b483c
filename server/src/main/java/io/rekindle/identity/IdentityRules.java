package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.platform.CommittedView;
import io.rekindle.platform.Person;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The rules that hold: as they were changed last, else by the settings. */
@Component
class IdentityRules {
    static final int LARGEST = 500;
    static final int CLAIMS = 10;
    private static final double REVIEW = .9;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final RulesDocument fromSettings;
    private final Identifiers identifiers;
    private volatile @Nullable Version held;

    IdentityRules(JdbcClient jdbc, JsonMapper json, IdentitySettings settings, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.json = json;
        this.identifiers = identifiers;
        var types = new ArrayList<RulesDocument.Type>();
        for (var type : Identifier.Type.values())
            types.add(new RulesDocument.Type(type.code(), settings.most(type), CLAIMS, joinsPeople(type)));
        this.fromSettings = new RulesDocument(
                types,
                (int) settings.window().toDays(),
                LARGEST,
                List.of(),
                new RulesDocument.Probable(false, REVIEW, null));
        document();
    }

    /** Where the rules do not say: devices, browsers and telephones are used by several. */
    private static boolean joinsPeople(Identifier.Type through) {
        return through.isPersonal() && through != Identifier.Type.PHONE;
    }

    private record Version(int number, RulesDocument document) {}

    /** The rules of now; read anew when somebody has changed them. */
    MatchingRules now() {
        return of(document());
    }

    RulesDocument document() {
        int latest = jdbc.sql("select coalesce(max(version), 0) from identity_rules")
                .query(Integer.class)
                .single();
        var known = held;
        if (known != null && known.number() == latest) return known.document();
        var document = latest == 0
                ? fromSettings
                : json.readValue(
                        jdbc.sql("select document::text from identity_rules where version = :version")
                                .param("version", latest)
                                .query(String.class)
                                .single(),
                        RulesDocument.class);
        identifiers.block(document.blocked());
        held = new Version(latest, document);
        return document;
    }

    /**
     * Takes the values that stand for a person out of every version's blocked ones. What comes under them is refused
     * from now on for another reason.
     */
    void forget(Person person) {
        jdbc.sql("select version, document::text as document from identity_rules")
                .query((row, n) -> new Version(
                        row.getInt("version"), json.readValue(row.getString("document"), RulesDocument.class)))
                .list()
                .forEach(version -> {
                    var document = version.document();
                    var left = document.blocked().stream()
                            .filter(value -> !person.isIn(value))
                            .toList();
                    if (left.size() == document.blocked().size()) return;
                    jdbc.sql("update identity_rules set document = cast(:document as jsonb) where version = :version")
                            .param("document", json.writeValueAsString(document.withBlocked(left)))
                            .param("version", version.number())
                            .update();
                });
        CommittedView.afterCommit(() -> {
            held = null;
            document();
        });
    }

    /** What the matching asks of a document. */
    static MatchingRules of(RulesDocument document) {
        Map<String, Integer> ranks = new HashMap<>();
        Map<String, RulesDocument.Type> types = new HashMap<>();
        for (var type : document.types()) {
            ranks.put(type.type(), ranks.size());
            types.put(type.type(), type);
        }
        var known = Arrays.asList(Identifier.Type.values());
        return new MatchingRules() {
            @Override
            public int rank(Identifier.Type type) {
                return ranks.getOrDefault(type.code(), ranks.size() + known.indexOf(type));
            }

            @Override
            public int most(Identifier.Type type) {
                var rule = types.get(type.code());
                return rule == null ? Integer.MAX_VALUE : rule.perCustomer();
            }

            @Override
            public Duration window() {
                return Duration.ofDays(document.windowDays());
            }

            @Override
            public int mostClaims(Identifier.Type type) {
                var rule = types.get(type.code());
                return rule == null ? CLAIMS : rule.claims();
            }

            @Override
            public boolean joinsPeople(Identifier.Type through) {
                var rule = types.get(through.code());
                var said = rule == null ? null : rule.joinsPeople();
                return said == null ? IdentityRules.joinsPeople(through) : said;
            }

            @Override
            public int largest() {
                return document.largest();
            }
        };
    }
}
