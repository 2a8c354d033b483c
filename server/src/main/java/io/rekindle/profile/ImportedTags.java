package io.rekindle.profile;

import io.rekindle.collect.ImportKind;
import io.rekindle.collect.TagColumns;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.profile.TagStore.Change;
import io.rekindle.profile.TagStore.Kept;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Tags that files and the API fill. What each of them said of a customer is kept as a trait {@code tag:KEY}, by import, as
 * every trait is: so the last word stands whichever way it came, an undone import leaves what would stand without it,
 * and both go with an identity that is joined or parted. The tag follows that trait; nobody else sees it.
 */
@Component
class ImportedTags implements TagColumns {
    private static final int LONGEST_VALUE = 200;

    private final TagStore store;
    private final ProfileStore profiles;
    private final Warehouse warehouse;
    private final BusinessClock clock;
    private final Jobs jobs;

    ImportedTags(TagStore store, ProfileStore profiles, Warehouse warehouse, BusinessClock clock, Jobs jobs) {
        this.store = store;
        this.profiles = profiles;
        this.warehouse = warehouse;
        this.clock = clock;
        this.jobs = jobs;
    }

    /** Whether a trait is what somebody said of an imported tag. */
    static boolean isTrait(String trait) {
        return trait.startsWith(ImportKind.TAG);
    }

    static String trait(String key) {
        return ImportKind.TAG + key;
    }

    private List<Kept> live() {
        return store.live().stream()
                .filter(tag -> tag.form().content() instanceof TagContent.ByImport)
                .toList();
    }

    @Override
    public Map<String, Predicate<String>> now() {
        var found = new HashMap<String, Predicate<String>>();
        for (var tag : live())
            found.put(
                    tag.key(),
                    value -> value.length() <= LONGEST_VALUE
                            && Tags.scalar(value, tag.form().type()).isPresent());
        return found;
    }

    /**
     * Gives customers the tags that follow from what stands, in both stores; in the caller's transaction and gate.
     *
     * @return how many tags of customers that changed
     */
    int follow(Collection<CustomerId> customers) {
        var tags = live();
        if (tags.isEmpty() || customers.isEmpty()) return 0;
        store.takeTurn();
        var people = new HashSet<>(customers);
        var said = profiles.traitsOf(people);
        var held = store.of(people);
        var changes = new ArrayList<Change>();
        for (var person : people)
            for (var tag : tags) {
                var fact = said.getOrDefault(person, Map.of()).get(trait(tag.key()));
                var value = fact == null || fact.value().isNull()
                        ? null
                        : Tags.scalar(fact.value().asString(), tag.form().type())
                                .map(JsonNode::toString)
                                .orElse(null);
                var before = held.getOrDefault(person, Map.of()).get(tag.key());
                if (before == null ? value == null : before.value().toString().equals(value)) continue;
                changes.add(new Change(
                        person.value(),
                        tag.key(),
                        value,
                        later(fact == null ? clock.instant() : fact.at(), before),
                        tag.version()));
            }
        if (changes.isEmpty()) return 0;
        notBeforeTheLast(changes);
        store.store(changes);
        jobs.schedule(TagJob.NAME, TagJob.COUNT, clock.instant());
        long seq = store.nextChange();
        warehouse.append("tag_changes", "tags-followed:" + seq, Rows.written(rows -> {
            for (var change : changes)
                rows.value(change.customer())
                        .value(change.tag())
                        .value(change.value())
                        .value(change.at())
                        .value(change.version())
                        .value(seq)
                        .end();
        }));
        return changes.size();
    }

    /** A tag that went and comes again comes no earlier than it went: the history's latest word is the one that stands. */
    private void notBeforeTheLast(List<Change> changes) {
        record Pair(long customer, String tag) {}
        var came = changes.stream().filter(change -> change.value() != null).toList();
        if (came.isEmpty()) return;
        var last = new HashMap<Pair, Instant>();
        warehouse.stream(
                Sql.of(
                        """
                        select coalesce(i.customer_id, t.customer_id) as customer_id, t.tag, max(t.valid_from) as last_at
                        from tag_changes t left join identity_now i on i.alias_id = t.customer_id
                        where t.tag in (select unnest(cast(? as varchar[])))
                            and coalesce(i.customer_id, t.customer_id) in (select cast(unnest(cast(? as varchar[])) as bigint))
                        group by 1, 2
                        """,
                        came.stream().map(Change::tag).distinct().toList(),
                        came.stream()
                                .map(change -> Long.toString(change.customer()))
                                .distinct()
                                .toList()),
                row -> last.put(new Pair(row.longValue("customer_id"), row.text("tag")), row.instant("last_at")));
        changes.replaceAll(change -> {
            var at = last.get(new Pair(change.customer(), change.tag()));
            return at == null || !at.isAfter(change.at())
                    ? change
                    : new Change(change.customer(), change.tag(), change.value(), at, change.version());
        });
    }

    private static Instant later(Instant at, TagStore.@Nullable Held before) {
        return before == null || before.at().isBefore(at) ? at : before.at();
    }
}
