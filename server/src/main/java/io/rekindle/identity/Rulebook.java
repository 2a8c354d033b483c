package io.rekindle.identity;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Identifier;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** The rules of who is one person: looking them up, and changing them. Every version is kept. */
@Component
public class Rulebook {
    private final JdbcClient jdbc;
    private final IdentityRules rules;
    private final BusinessClock clock;
    private final AuditTrail audit;
    private final JsonMapper json;
    private final Trial trial;
    private final Vault vault;

    Rulebook(
            JdbcClient jdbc,
            IdentityRules rules,
            BusinessClock clock,
            AuditTrail audit,
            JsonMapper json,
            Trial trial,
            Vault vault) {
        this.jdbc = jdbc;
        this.rules = rules;
        this.clock = clock;
        this.audit = audit;
        this.json = json;
        this.trial = trial;
        this.vault = vault;
    }

    /** @param number 0 while nobody has changed what the settings say */
    public record Version(
            int number,
            RulesDocument document,
            @Nullable Instant changedAt,
            @Nullable String changedBy) {}

    /** The rules that hold. */
    public Version now() {
        return jdbc.sql("select version, changed_at, changed_by from identity_rules order by version desc limit 1")
                .query((row, n) -> new Version(
                        row.getInt("version"),
                        rules.document(),
                        IdentityStore.instant(row, "changed_at"),
                        row.getString("changed_by")))
                .optional()
                .orElseGet(() -> new Version(0, rules.document(), null, null));
    }

    /**
     * Without what may name a person: in the place of each blocked value a mark by which {@link #change} and {@link #dryRun}
     * know it again.
     */
    public Version masked(Version version) {
        return new Version(version.number(), masked(version.document()), version.changedAt(), version.changedBy());
    }

    private RulesDocument masked(RulesDocument document) {
        return document.withBlocked(document.blocked().stream().map(this::mark).toList());
    }

    private String mark(String value) {
        return "*** %016x".formatted(vault.keyedHash("blocked-value", value));
    }

    /** With the values in the place of their marks; a mark that is none's stays, and is a fault. */
    private RulesDocument unmasked(RulesDocument document) {
        if (document.blocked().stream().noneMatch(Rulebook::isMark)) return document;
        var values = new HashMap<String, String>();
        for (var value : rules.document().blocked()) values.put(mark(value), value);
        return document.withBlocked(document.blocked().stream()
                .map(value -> values.getOrDefault(value, value))
                .toList());
    }

    private static boolean isMark(String value) {
        return value.startsWith("***");
    }

    /**
     * Changes the rules for what comes in from now on; marks in the place of blocked values leave those as they are. Problem:
     * {@code identity_rules_invalid} with all faults.
     */
    @Transactional
    public Version change(RulesDocument given) {
        var document = unmasked(given);
        validate(document);
        int number = jdbc.sql("""
                        insert into identity_rules (version, document, changed_at, changed_by)
                        select coalesce(max(version), 0) + 1, cast(:document as jsonb), cast(:at as timestamptz), :by
                        from identity_rules returning version
                        """)
                .param("document", json.writeValueAsString(document))
                .param("at", clock.instant().toString())
                .param("by", Caller.current().name())
                .query(Integer.class)
                .single();
        audit.record("identity.rules", "identity rules " + number, json.writeValueAsString(masked(document)));
        return now();
    }

    /** What other rules would make of the history. Problem: {@code identity_rules_invalid}. */
    public Trial.Outcome dryRun(RulesDocument given) {
        var document = unmasked(given);
        validate(document);
        return trial.of(document);
    }

    static void validate(RulesDocument document) {
        var faults = new ArrayList<Problem.Fault>();
        var known = Arrays.stream(Identifier.Type.values())
                .map(Identifier.Type::code)
                .toList();
        var seen = new HashSet<String>();
        for (int i = 0; i < document.types().size(); i++) {
            var type = document.types().get(i);
            var place = "types[%d].".formatted(i);
            if (!known.contains(type.type()))
                faults.add(new Problem.Fault(
                                place + "type", "identifier_type_unknown", "'{given}' is no type; there are {known}")
                        .with("given", type.type())
                        .with("known", known));
            else if (!seen.add(type.type()))
                faults.add(new Problem.Fault(place + "type", "identifier_type_twice", "'{given}' stands there twice")
                        .with("given", type.type()));
            int most = type.type().equals("user_id") ? 1 : 100_000;
            if (type.perCustomer() < 1 || type.perCustomer() > most)
                faults.add(between(place + "perCustomer", 1, most, type.perCustomer()));
            if (type.claims() < 1 || type.claims() > 1_000_000)
                faults.add(between(place + "claims", 1, 1_000_000, type.claims()));
        }
        if (!seen.contains("user_id"))
            faults.add(new Problem.Fault("types", "user_id_missing", "user_id must be among the types"));
        if (document.windowDays() < 1 || document.windowDays() > 36_500)
            faults.add(between("windowDays", 1, 36_500, document.windowDays()));
        if (document.largest() < 2 || document.largest() > 100_000)
            faults.add(between("largest", 2, 100_000, document.largest()));
        for (int i = 0; i < document.blocked().size(); i++) {
            var value = document.blocked().get(i);
            if (value.isBlank() || value.length() > 200)
                faults.add(new Problem.Fault(
                        "blocked[%d]".formatted(i),
                        "blocked_value_invalid",
                        "a blocked value has 1 to 200 characters"));
            else if (isMark(value))
                faults.add(new Problem.Fault(
                        "blocked[%d]".formatted(i),
                        "blocked_mark_unknown",
                        "this stands for no value that is blocked now; load the rules anew"));
        }
        var probable = document.probable();
        if (!(probable.review() >= .5 && probable.review() <= 1))
            faults.add(between("probable.review", .5, 1, probable.review()));
        var automatic = probable.automatic();
        if (automatic != null && !(automatic >= probable.review() && automatic <= 1))
            faults.add(between("probable.automatic", probable.review(), 1, automatic));
        if (!faults.isEmpty())
            throw new Problem(
                    Problem.Kind.UNPROCESSABLE,
                    "identity_rules_invalid",
                    "the rules cannot be taken over; see the faults",
                    List.copyOf(faults));
    }

    private static Problem.Fault between(String place, Number least, Number most, Number given) {
        return new Problem.Fault(place, "out_of_range", "must lie between {least} and {most}, not {given}")
                .with("least", least)
                .with("most", most)
                .with("given", given);
    }
}
