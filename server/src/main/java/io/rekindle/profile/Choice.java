package io.rekindle.profile;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What stands of what series say of a customer under one name, by the rule in force: of each rank what occurred last, then
 * log order; of the ranks the highest in which that is a value and not a null. Ranked are the sources a rule lists; all
 * others share the rank after them. So without a rule all are of one rank, and what occurred last stands, also when it is a
 * null. The history says the same in the view {@code traits_now}.
 *
 * @param table whose rows these are; a row's key is its identity, its name, its source and its import
 * @param name the column with the name
 * @param isNull whether a row {@code t} takes a value back
 * @param comparable a text that is the same for equal values
 */
record Choice(String table, String name, String isNull, String comparable) {
    static final Choice TRAITS = new Choice("traits", "trait", "t.value = 'null'::jsonb", "value::text");
    static final Choice FIELDS = new Choice(
            "personal_fields", "field", "false", "coalesce('a' || address_hash, identity_id || ' ' || fingerprint)");

    /** After every source a rule can list. */
    static final int UNLISTED = 1_000_000;

    /** Marks what stands among the rows {@code t} of a condition, which holds of all rows of a customer and a name or of none. */
    JdbcClient.StatementSpec choose(JdbcClient jdbc, String which) {
        return jdbc.sql("""
                update %1$s t set standing = not t.standing
                from (%2$s) w
                where w.identity_id = t.identity_id and w.name = t.%3$s and w.source_id = t.source_id and w.import_id = t.import_id
                    and w.stands <> t.standing
                """.formatted(
                        table, ranked("r.sources", "left join trait_rules_now r on r.trait = t." + name, which), name));
    }

    /**
     * One row per row {@code t}: its key, and whether it would stand.
     *
     * @param sources the array of ranked sources; may be null
     */
    String ranked(String sources, String join, String which) {
        return """
                select identity_id, name, source_id, import_id, customer_id, row_number() over (
                    partition by customer_id, name order by place > 1, withdrawn, rank) = 1 as stands
                from (
                    select t.identity_id, t.%1$s as name, t.source_id, t.import_id, t.customer_id, %2$s as withdrawn,
                        coalesce(array_position(%3$s, t.source_id), %4$d) as rank,
                        row_number() over (
                            partition by t.customer_id, t.%1$s, coalesce(array_position(%3$s, t.source_id), %4$d)
                            order by t.set_at desc, t.seq desc, t.identity_id) as place
                    from %5$s t %6$s where %7$s) places
                """.formatted(name, isNull, sources, UNLISTED, table, join, which);
    }
}
