package io.rekindle.profile;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Jobs;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import io.rekindle.platform.Questions;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.WriteGate;
import io.rekindle.profile.TagStore.Change;
import io.rekindle.profile.TagStore.Kept;
import io.rekindle.warehouse.AdHocQueries;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The catalogue of tags, and the tags of customers. A tag is defined, approved, and worked out every so many days; what
 * a customer has of it changes in the history ({@code tag_changes}) and stands in PostgreSQL for the questions about one
 * customer.
 */
@Component
public class Tags {
    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]{1,59}");
    private static final int MOST_NAME = 120;
    private static final int MOST_DESCRIPTION = 1000;
    private static final int MOST_VALUE = 200;
    private static final int MOST_REFRESH_DAYS = 365;
    private static final int MOST_ASSIGNED = 10_000;
    private static final Pattern BATCH = Pattern.compile("[\\p{L}\\p{N}._:-]{1,100}");
    private static final int NO_SOURCE = 0;
    private static final String TAG = "tag.";
    private static final String SEGMENT = "segment.";
    private static final Duration LONG_UNCHANGED = Duration.ofDays(1);

    private final TagStore store;
    private final Questions questions;
    private final TagEngine engine;
    private final TagTemplate templates;
    private final ObjectProvider<TagRules> rules;
    private final ObjectProvider<TagUse> uses;
    private final Identities identities;
    private final Identifiers identifiers;
    private final Profiles profiles;
    private final ProfileStore profileStore;
    private final ImportedTags imported;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final SystemClock system;
    private final WriteGate gate;
    private final AdHocQueries queries;
    private final TransactionTemplate transaction;
    private final Jobs jobs;

    Tags(
            TagStore store,
            Questions questions,
            TagEngine engine,
            TagTemplate templates,
            ObjectProvider<TagRules> rules,
            ObjectProvider<TagUse> uses,
            Identities identities,
            Identifiers identifiers,
            Profiles profiles,
            ProfileStore profileStore,
            ImportedTags imported,
            AuditTrail audit,
            BusinessClock clock,
            SystemClock system,
            WriteGate gate,
            AdHocQueries queries,
            TransactionTemplate transaction,
            Jobs jobs) {
        this.store = store;
        this.questions = questions;
        this.engine = engine;
        this.templates = templates;
        this.rules = rules;
        this.uses = uses;
        this.identities = identities;
        this.identifiers = identifiers;
        this.profiles = profiles;
        this.profileStore = profileStore;
        this.imported = imported;
        this.audit = audit;
        this.clock = clock;
        this.system = system;
        this.gate = gate;
        this.queries = queries;
        this.transaction = transaction;
        this.jobs = jobs;
    }

    // ---- the catalogue ----

    /** All tags, by key; {@code search} looks through keys, names, descriptions, categories and owners. */
    public List<Tag> list(@Nullable String search) {
        var kept = store.latest();
        var users = users();
        var overlaps = overlaps(kept);
        var wanted = search == null ? "" : search.strip().toLowerCase(Locale.ROOT);
        return kept.stream()
                .filter(tag -> wanted.isEmpty() || text(tag).contains(wanted))
                .map(tag -> described(tag, users, overlaps))
                .toList();
    }

    private static String text(Kept tag) {
        var form = tag.form();
        return String.join(
                        " ",
                        tag.key(),
                        form.name().en(),
                        form.name().zh(),
                        form.description().en(),
                        form.description().zh(),
                        form.category(),
                        form.owner())
                .toLowerCase(Locale.ROOT);
    }

    /** One tag; a {@link Problem} {@code tag_unknown} when there is none of the key. */
    public Tag get(String key) {
        var kept = required(key);
        return described(kept, users(), overlaps(store.latest()));
    }

    /**
     * A definition a tag has or had.
     *
     * @param inForce whether it is worked out and asked: approved, and no later one is
     */
    public record Version(
            int version,
            boolean inForce,
            TagForm form,
            Instant changedAt,
            String changedBy,
            @Nullable Instant approvedAt,
            @Nullable String approvedBy) {}

    /** Every definition of one tag, newest first; a {@link Problem} {@code tag_unknown} when there is none of the key. */
    public List<Version> versions(String key) {
        required(key);
        return store.versions(key).stream()
                .map(kept -> new Version(
                        kept.version(),
                        !kept.retired() && Integer.valueOf(kept.version()).equals(kept.approvedVersion()),
                        kept.form(),
                        kept.changedAt(),
                        kept.changedBy(),
                        kept.approvedAt(),
                        kept.approvedBy()))
                .toList();
    }

    /** Tags rules may ask. */
    public List<Live> live() {
        return store.live().stream()
                .map(tag -> new Live(
                        tag.key(),
                        tag.form().name(),
                        tag.form().type(),
                        tag.run() == null
                                ? List.of()
                                : tag.run().values().stream()
                                        .map(TagRun.Count::value)
                                        .toList()))
                .toList();
    }

    /** @param values the most frequent ones */
    public record Live(String key, Wording name, TagType type, List<String> values) {}

    /** What models say that a tag may be made of. */
    public List<TagModels.Output> models() {
        return engine.outputs();
    }

    private Map<String, List<String>> users() {
        var users = new HashMap<String, List<String>>();
        uses.orderedStream()
                .forEach(use -> use.users()
                        .forEach((key, words) -> users.computeIfAbsent(key, k -> new ArrayList<>())
                                .addAll(words)));
        // What is in force asks as well as what waits for its approval.
        var asking = new TreeMap<String, Set<String>>();
        for (var tags : List.of(store.latest(), store.live()))
            for (var tag : tags)
                if (!tag.retired())
                    asking.computeIfAbsent(tag.key(), k -> new TreeSet<>()).addAll(tag.lineage());
        asking.forEach((key, all) -> {
            for (var asked : all)
                if (asked.startsWith(TAG))
                    users.computeIfAbsent(asked.substring(TAG.length()), k -> new ArrayList<>())
                            .add("tag " + key);
        });
        return users;
    }

    private Map<String, Long> overlaps(List<Kept> all) {
        var groups = new TreeMap<String, List<String>>();
        for (var tag : all)
            if (tag.form().exclusiveGroup() != null && !tag.retired() && tag.approvedVersion() != null)
                groups.computeIfAbsent(tag.form().exclusiveGroup(), g -> new ArrayList<>())
                        .add(tag.key());
        return engine.overlapping(groups);
    }

    private Tag described(Kept tag, Map<String, List<String>> users, Map<String, Long> overlaps) {
        var form = tag.form();
        long overlapping = form.exclusiveGroup() == null ? 0 : overlaps.getOrDefault(form.exclusiveGroup(), 0L);
        var usedBy = users.getOrDefault(tag.key(), List.of());
        return new Tag(
                tag.key(),
                tag.version(),
                tag.approvedVersion(),
                form,
                tag.shipped(),
                tag.createdAt(),
                tag.changedAt(),
                tag.changedBy(),
                tag.approvedAt(),
                tag.approvedBy(),
                tag.retired(),
                tag.lineage(),
                usedBy,
                tag.run(),
                overlapping,
                health(tag, usedBy, overlapping));
    }

    private List<Tag.Health> health(Kept tag, List<String> users, long overlapping) {
        var found = new ArrayList<Tag.Health>();
        var run = tag.run();
        if (tag.approvedVersion() == null || tag.approvedVersion() < tag.version()) found.add(Tag.Health.UNAPPROVED);
        if (tag.retired()) return found;
        if (run != null && run.problem() != null) found.add(Tag.Health.FAILING);
        if (run != null && run.problem() == null && tag.form().complete() && run.covered() < run.population())
            found.add(Tag.Health.INCOMPLETE);
        if (overlapping > 0 || (run != null && tag.form().exclusive() && run.several() > 0))
            found.add(Tag.Health.OVERLAPPING);
        if (users.isEmpty()) found.add(Tag.Health.UNUSED);
        if (isStale(tag)) found.add(Tag.Health.STALE);
        return found;
    }

    /** Older than its definition allows, with a day's grace; a tag set from outside when nobody set it so long. */
    private boolean isStale(Kept tag) {
        if (tag.approvedVersion() == null) return false;
        var run = tag.run();
        var worked = run == null ? null : tag.form().isComputed() ? run.at() : run.lastSetAt();
        var since = worked == null ? tag.approvedAt() : worked;
        return since != null
                && clock.instant()
                        .isAfter(since.plus(Duration.ofDays(tag.form().refreshDays()))
                                .plus(LONG_UNCHANGED));
    }

    private Kept required(String key) {
        return store.latest(key)
                .orElseThrow(() -> Problem.notFound("tag_unknown", "there is no tag '{tag}'")
                        .with("tag", key));
    }

    // ---- definitions ----

    /** Makes a tag; it waits for approval. */
    @Transactional
    public Tag create(String key, TagForm form) {
        if (!KEY.matcher(key).matches())
            throw Problem.invalid(
                    "tag_key_invalid",
                    "a tag's key has 2 to 60 lower-case letters, digits and underscores and begins with a letter");
        var checked = checked(form);
        if (!store.insert(key, checked.form(), checked.lineage(), false, clock.instant(), caller()))
            throw Problem.conflict("tag_key_taken", "there is a tag '{tag}' already")
                    .with("tag", key);
        audit.record("tag.created", "tag " + key, checked.form().name().en());
        return get(key);
    }

    /** Gives a tag a new definition; until it is approved, the one before is worked out. */
    @Transactional
    public Tag change(String key, TagForm form) {
        var before = required(key);
        var checked = checked(form);
        if (!before.form().content().kind().equals(form.content().kind()))
            throw Problem.conflict("tag_kind_fixed", "the tag '{tag}' is {kind}; make another tag for another kind")
                    .with("tag", key)
                    .with("kind", before.form().content().kind());
        if (!before.form().isComputed()
                && before.form().type() != checked.form().type())
            throw Problem.conflict(
                            "tag_type_fixed",
                            "the values of the tag '{tag}' were set as {type}; make another tag for another type")
                    .with("tag", key)
                    .with("type", before.form().type().code());
        refuseCircle(key, checked.lineage(), store.latest());
        store.change(key, before.version() + 1, checked.form(), checked.lineage(), clock.instant(), caller());
        audit.record("tag.changed", "tag " + key, "version " + (before.version() + 1));
        return get(key);
    }

    /** Approves the newest definition and works it out. */
    public Tag approve(String key, int version) {
        transaction.executeWithoutResult(status -> {
            store.oneApprovalAtATime();
            var kept = required(key);
            if (kept.version() != version)
                throw Problem.conflict(
                                "tag_version_changed", "the tag '{tag}' has version {version} by now; look at it again")
                        .with("tag", key)
                        .with("version", kept.version());
            refuseCircle(key, kept.lineage(), store.live());
            store.approve(key, version, clock.instant(), caller());
            audit.record("tag.approved", "tag " + key, "version " + version);
        });
        engine.refresh(List.of(key));
        return get(key);
    }

    private void refuseCircle(String key, List<String> asks, List<Kept> others) {
        circle(TAG + key, asks, others).ifPresent(way -> {
            throw Problem.conflict("tag_circle", "the tag '{tag}' would ask itself: {circle}")
                    .with("tag", key)
                    .with("circle", way);
        });
    }

    /** The way from a segment back to itself by the tags in force, were this what it asks; empty when there is none. */
    public Optional<String> circle(long segment, Collection<String> asks) {
        return circle(SEGMENT + segment, asks, store.live());
    }

    /**
     * The way back to where it begins. A tag that asked itself, by way of whichever tags and segments, would be worked out
     * from what it was at the run before, and none of them could be retired.
     *
     * @param asks what the new definition asks
     * @param tags the definitions that are to stand beside it
     */
    private Optional<String> circle(String beginning, Collection<String> asks, List<Kept> tags) {
        var known = new HashMap<String, Collection<String>>();
        for (var tag : tags) if (!tag.retired()) known.put(TAG + tag.key(), tag.lineage());
        known.put(beginning, asks);
        var cameFrom = new HashMap<String, String>();
        var open = new ArrayDeque<>(List.of(beginning));
        while (!open.isEmpty()) {
            var here = open.remove();
            for (var asked : Objects.requireNonNullElseGet(known.get(here), () -> asksOf(here))) {
                if (cameFrom.putIfAbsent(asked, here) == null) open.add(asked);
                if (asked.equals(beginning)) return Optional.of(way(beginning, cameFrom));
            }
        }
        return Optional.empty();
    }

    private List<String> asksOf(String asked) {
        return asked.startsWith(SEGMENT)
                ? rules.getObject().asksOf(Long.parseLong(asked.substring(SEGMENT.length())))
                : List.of();
    }

    private static String way(String beginning, Map<String, String> cameFrom) {
        var way = new ArrayDeque<>(List.of(beginning));
        do way.addFirst(Objects.requireNonNull(cameFrom.get(way.getFirst())));
        while (!way.getFirst().equals(beginning));
        return String.join(" → ", way);
    }

    /** Takes a tag out of use; a {@link Problem} {@code tag_in_use} names what uses it. Its history stays. */
    @Transactional
    public Tag retire(String key) {
        required(key);
        var users = users().getOrDefault(key, List.of());
        if (!users.isEmpty())
            throw Problem.conflict("tag_in_use", "the tag '{tag}' is used by {users}; change these first")
                    .with("tag", key)
                    .with("users", users);
        store.retire(key, clock.instant());
        audit.record("tag.retired", "tag " + key, "");
        return get(key);
    }

    /** Works tags out now; all when none is named. */
    public void refresh(Collection<String> keys) {
        keys.forEach(this::required);
        engine.refresh(keys.isEmpty() ? store.live().stream().map(Kept::key).toList() : keys);
        audit.record("tag.refreshed", "tags", keys.isEmpty() ? "all" : String.join(", ", keys));
    }

    /**
     * What a definition would give now.
     *
     * @param covered how many of the population would have it
     * @param outside how many others would
     */
    public record Preview(long population, long covered, long outside, long several, List<TagRun.Count> values) {}

    /** What a definition would give now; nothing is kept. */
    public Preview preview(TagForm form) {
        var checked = checked(form).form();
        if (!checked.isComputed())
            throw Problem.invalid("tag_not_computed", "a {kind} tag is set from outside; there is nothing to work out")
                    .with("kind", checked.content().kind());
        return TagTemplate.guarded(queries, () -> engine.preview(checked));
    }

    /** The tags the product brings; none that is there already is touched. */
    void ship(Map<String, TagForm> shipped) {
        transaction.executeWithoutResult(status -> {
            var there = new HashSet<String>();
            store.latest().forEach(tag -> there.add(tag.key()));
            shipped.forEach((key, form) -> {
                if (there.contains(key)) return;
                if (store.insert(key, form, lineage(form), true, clock.instant(), "rekindle"))
                    store.approve(key, 1, clock.instant(), "rekindle");
            });
        });
    }

    private record Checked(TagForm form, List<String> lineage) {}

    private Checked checked(TagForm form) {
        var faults = new ArrayList<Fault>();
        length(faults, "name.en", form.name().en(), MOST_NAME);
        length(faults, "name.zh", form.name().zh(), MOST_NAME);
        length(faults, "description.en", form.description().en(), MOST_DESCRIPTION);
        length(faults, "description.zh", form.description().zh(), MOST_DESCRIPTION);
        length(faults, "category", form.category(), MOST_NAME);
        length(faults, "owner", form.owner(), MOST_NAME);
        if (form.refreshDays() < 1 || form.refreshDays() > MOST_REFRESH_DAYS)
            faults.add(new Fault("refreshDays", "tag_refresh_days", "a tag is worked out every 1 to {most} days")
                    .with("most", MOST_REFRESH_DAYS));
        var read = content(form, faults);
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                    "tag_invalid",
                    faults.size() == 1
                            ? "the tag has a fault at %s: %s"
                                    .formatted(
                                            faults.getFirst().place(),
                                            faults.getFirst().message())
                            : "the tag has %d faults; each is listed with its place".formatted(faults.size()),
                    faults);
        var checked = new TagForm(
                form.name(),
                form.description(),
                form.category(),
                form.owner(),
                form.type(),
                form.population(),
                form.refreshDays(),
                form.complete(),
                form.exclusive(),
                form.exclusiveGroup(),
                read);
        return new Checked(checked, lineage(checked));
    }

    private TagContent content(TagForm form, List<Fault> faults) {
        return switch (form.content()) {
            case TagContent.ByRule rule -> {
                if (rule.cases().size() >= TagSql.MOST_CASES)
                    faults.add(new Fault("cases", "tag_cases_many", "a tag has at most {most} cases")
                            .with("most", TagSql.MOST_CASES - 1));
                var cases = new ArrayList<TagContent.Case>();
                for (int i = 0; i < rule.cases().size(); i++) {
                    var one = rule.cases().get(i);
                    value(faults, "cases[%d].value".formatted(i), one.value(), form.type());
                    try {
                        cases.add(new TagContent.Case(
                                one.value(), rules.getObject().read(one.rule()).rule()));
                    } catch (Problem refused) {
                        for (var fault : refused.faults())
                            faults.add(fault.at("cases[%d].rule%s"
                                    .formatted(i, fault.place().isEmpty() ? "" : "." + fault.place())));
                        if (refused.faults().isEmpty()) throw refused;
                    }
                }
                if (rule.otherwise() != null) value(faults, "otherwise", rule.otherwise(), form.type());
                yield cases.size() == rule.cases().size() ? new TagContent.ByRule(cases, rule.otherwise()) : rule;
            }
            case TagContent.ByStatistic statistic -> {
                TagTemplate.guarded(queries, () -> templates.check(statistic.sql(), statistic.parameters()));
                yield statistic;
            }
            case TagContent.ByModel model -> {
                engine.output(model.output());
                for (int i = 0; i < model.bands().size(); i++)
                    value(
                            faults,
                            "bands[%d].value".formatted(i),
                            model.bands().get(i).value(),
                            form.type());
                yield model;
            }
            case TagContent.ByHand hand -> hand;
            case TagContent.ByImport imported -> imported;
        };
    }

    private static void length(List<Fault> faults, String place, String text, int most) {
        if (text.isBlank() || text.length() > most)
            faults.add(new Fault(place, "tag_text_length", "this has 1 to {most} characters").with("most", most));
    }

    private static void value(List<Fault> faults, String place, String value, TagType type) {
        if (scalar(value, type).isEmpty() || value.length() > MOST_VALUE)
            faults.add(new Fault(place, "tag_value_kind", "'{value}' is no value of a tag of the type {type}")
                    .with("value", value)
                    .with("type", type.code()));
    }

    /** What a tag's values come from. */
    private List<String> lineage(TagForm form) {
        return switch (form.content()) {
            case TagContent.ByRule rule ->
                rule.cases().stream()
                        .flatMap(one -> rules.getObject().stored(one.rule()).asks().stream())
                        .distinct()
                        .sorted()
                        .toList();
            case TagContent.ByStatistic statistic ->
                templates.views(statistic.sql()).stream()
                        .map(view -> "view." + view)
                        .toList();
            case TagContent.ByModel model -> List.of("model." + model.output());
            case TagContent.ByHand hand -> List.of("people");
            case TagContent.ByImport imported -> List.of("imports");
        };
    }

    // ---- the tags of customers ----

    /** The tags customers have now, by tag key; ids are those asked for. */
    public Map<CustomerId, List<TagValue>> of(Collection<CustomerId> customers) {
        var canonical = identities.canonical(customers);
        var question = store.carried(new HashSet<>(canonical.values()));
        var held = questions.ask(question).to(question).stream()
                .collect(Collectors.groupingBy(
                        TagStore.Carried::customer, Collectors.mapping(TagStore.Carried::tag, Collectors.toList())));
        var answer = HashMap.<CustomerId, List<TagValue>>newHashMap(canonical.size());
        canonical.forEach((asked, customer) -> answer.put(asked, held.getOrDefault(customer, List.of())));
        return answer;
    }

    /** A value to set; null takes the tag away. */
    public record Assignment(CustomerId customer, @Nullable String value) {}

    /**
     * A value for whoever is meant, by one of both.
     *
     * @param customer as this product names the customer
     * @param type with {@code id}: an identifier of the customer
     */
    public record Addressed(
            @Nullable CustomerId customer,
            Identifier.@Nullable Type type,
            @Nullable String id,
            @Nullable String value) {}

    /**
     * Sets an imported tag for many customers, or for none when something is wrong with one of them: every fault is told
     * with its place. The same batch a second time changes nothing and answers as the first time.
     *
     * @return for how many customers it changed
     */
    public int assignAll(String key, List<Addressed> given, String batch) {
        var tag = assignable(key);
        if (!(tag.form().content() instanceof TagContent.ByImport))
            throw Problem.conflict(
                            "tag_not_imported", "the tag '{tag}' is {kind}; many values at once go to an imported one")
                    .with("tag", key)
                    .with("kind", tag.form().content().kind());
        if (!BATCH.matcher(batch).matches())
            throw Problem.invalid(
                    "tag_batch_invalid",
                    "a batch's id has 1 to 100 letters, digits, dots, hyphens, underscores and colons");
        if (given.size() > MOST_ASSIGNED)
            throw Problem.invalid("tag_assignments_many", "at most {most} customers at once")
                    .with("most", MOST_ASSIGNED);
        var found = new Addressees(given);
        var faults = new ArrayList<Fault>();
        var assignments = new ArrayList<Assignment>(given.size());
        for (int i = 0; i < given.size(); i++) {
            var place = "assignments[%d]".formatted(i);
            var value = given.get(i).value();
            if (value != null) value(faults, place + ".value", value, tag.form().type());
            var customer = found.of(given.get(i));
            if (customer.isEmpty()) faults.add(found.fault(place, given.get(i)));
            else assignments.add(new Assignment(customer.get(), value));
        }
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                            "tag_values_invalid", "{count} of the values cannot be set; each is listed", faults)
                    .with("count", faults.size());
        var digest = digest(assignments);
        var changed = gate.write(() -> transaction.execute(status -> {
            profileStore.lastMerge();
            var before = store.batch(key, batch);
            if (before.isPresent()) {
                if (!before.get().digest().equals(digest))
                    throw Problem.conflict("tag_batch_other", "the batch '{batch}' was sent before with other values")
                            .with("batch", batch);
                return before.get().changed();
            }
            int now = said(tag, assignments);
            store.batch(key, batch, digest, now, system.instant());
            audit.record("tag.assigned", "tag " + key, "%d customers, %d changed".formatted(assignments.size(), now));
            return now;
        }));
        return changed == null ? 0 : changed;
    }

    /** Whom values are for, found in a fixed number of statements. */
    private final class Addressees {
        private final Map<Identifier, CustomerId> byIdentifier;
        private final Set<CustomerId> known;

        Addressees(List<Addressed> given) {
            byIdentifier = identities.find(given.stream()
                    .flatMap(one -> identifier(one).stream())
                    .distinct()
                    .toList());
            known = profiles.existing(given.stream()
                    .flatMap(one -> Optional.ofNullable(one.customer()).stream())
                    .distinct()
                    .toList());
        }

        private Optional<Identifier> identifier(Addressed one) {
            return one.customer() != null || one.type() == null || one.id() == null
                    ? Optional.empty()
                    : identifiers.of(one.type(), one.id());
        }

        Optional<CustomerId> of(Addressed one) {
            if (one.customer() != null) return Optional.of(one.customer()).filter(known::contains);
            return identifier(one).map(byIdentifier::get);
        }

        Fault fault(String place, Addressed one) {
            if (one.customer() != null)
                return new Fault(place + ".customerId", "tag_customer_unknown", "there is no customer {id}")
                        .with("id", one.customer());
            if (one.type() == null || one.id() == null)
                return new Fault(place, "tag_addressee_missing", "name a customerId, or a type and an id");
            return new Fault(place + ".id", "identifier_not_found", "no customer has this {type}")
                    .with("type", one.type().code());
        }
    }

    private static String digest(List<Assignment> assignments) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            for (var one : assignments)
                sha.update((one.customer() + "=" + (one.value() == null ? "" : "=" + one.value()) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What is said of an imported tag is kept as a file's word would be, and the tag follows it. */
    private int said(Kept tag, List<Assignment> assignments) {
        var canonical = identities.canonical(
                assignments.stream().map(Assignment::customer).toList());
        var now = clock.instant();
        var facts = new Facts<JsonNode>();
        var nodes = JsonNodeFactory.instance;
        for (var one : assignments) {
            var person = canonical.getOrDefault(one.customer(), one.customer());
            facts.say(
                    new Facts.Series(person, ImportedTags.trait(tag.key()), NO_SOURCE),
                    new Facts.Fact<JsonNode>(
                            one.value() == null ? nodes.nullNode() : nodes.stringNode(one.value()),
                            now,
                            store.nextChange()));
        }
        profileStore.store(facts, canonical);
        return imported.follow(canonical.values());
    }

    private Kept assignable(String key) {
        var tag = required(key);
        if (tag.form().isComputed())
            throw Problem.conflict("tag_computed", "the tag '{tag}' is worked out from a {kind}; it cannot be set")
                    .with("tag", key)
                    .with("kind", tag.form().content().kind());
        if (tag.approvedVersion() == null || tag.retired())
            throw Problem.conflict("tag_not_live", "the tag '{tag}' is not approved or was retired")
                    .with("tag", key);
        return tag;
    }

    /**
     * Sets a manual or imported tag. A {@link Problem} {@code tag_value_kind} tells of values that do not fit the type.
     *
     * @return for how many customers it changed
     */
    private int assign(String key, List<Assignment> assignments, String batch) {
        var tag = assignable(key);
        var type = tag.form().type();
        var faults = new ArrayList<Fault>();
        for (int i = 0; i < assignments.size(); i++) {
            var value = assignments.get(i).value();
            if (value != null) value(faults, "[%d].value".formatted(i), value, type);
        }
        if (!faults.isEmpty())
            throw Problem.unprocessable(
                            "tag_values_invalid", "{count} of the values cannot be set; each is listed", faults)
                    .with("count", faults.size());
        if (tag.form().content() instanceof TagContent.ByImport) {
            var followed = gate.write(() -> transaction.execute(status -> {
                profileStore.lastMerge();
                return said(tag, assignments);
            }));
            return followed == null ? 0 : followed;
        }
        return engine.exclusively(() -> gate.write(() -> {
            var changed = transaction.execute(status -> assigned(tag, assignments, batch));
            return changed == null ? 0 : changed;
        }));
    }

    private Integer assigned(Kept tag, List<Assignment> assignments, String batch) {
        // Nobody is merged between the question who they are and the answer's row.
        profileStore.lastMerge();
        var canonical = identities.canonical(
                assignments.stream().map(Assignment::customer).toList());
        var before = store.of(new HashSet<>(canonical.values()));
        var latest = new LinkedHashMap<CustomerId, Optional<String>>();
        for (var one : assignments)
            latest.put(
                    canonical.getOrDefault(one.customer(), one.customer()),
                    Optional.ofNullable(one.value())
                            .flatMap(value -> scalar(value, tag.form().type()))
                            .map(JsonNode::toString));
        var now = clock.instant();
        var changes = new ArrayList<Change>();
        latest.forEach((customer, value) -> {
            var held = before.getOrDefault(customer, Map.of()).get(tag.key());
            if (held == null
                    ? value.isEmpty()
                    : value.isPresent() && held.value().toString().equals(value.get())) return;
            var at = held == null || held.at().isBefore(now) ? now : held.at();
            changes.add(new Change(customer.value(), tag.key(), value.orElse(null), at, tag.version()));
        });
        if (!changes.isEmpty()) {
            engine.set("tag:%s:%s".formatted(tag.key(), batch), changes);
            jobs.schedule(TagJob.NAME, TagJob.COUNT, clock.instant());
        }
        return changes.size();
    }

    /** Sets or, with null, takes away a manual or imported tag of one customer. */
    public void set(CustomerId customer, String key, @Nullable String value) {
        if (!profiles.exists(customer))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", customer);
        int changed = assign(
                key,
                List.of(new Assignment(customer, value)),
                // Of nobody: ids of batches outlive persons.
                "hand:%s:%s".formatted(system.instant(), java.util.UUID.randomUUID()));
        if (changed > 0) audit.record(value == null ? "tag.taken" : "tag.given", "customer " + customer, "tag " + key);
    }

    /** A value as its type has it; empty when it is none of the type. */
    static Optional<JsonNode> scalar(String value, TagType type) {
        var nodes = JsonNodeFactory.instance;
        try {
            return switch (type) {
                case TEXT -> value.isBlank() ? Optional.empty() : Optional.of(nodes.stringNode(value));
                case NUMBER -> Optional.of(nodes.numberNode(new BigDecimal(value.strip())));
                case DAY ->
                    Optional.of(nodes.stringNode(LocalDate.parse(value.strip()).toString()));
                case BOOLEAN ->
                    switch (value.strip().toLowerCase(Locale.ROOT)) {
                        case "true", "yes", "1" -> Optional.of(nodes.booleanNode(true));
                        case "false", "no", "0" -> Optional.of(nodes.booleanNode(false));
                        default -> Optional.empty();
                    };
            };
        } catch (NumberFormatException | DateTimeParseException notOfTheType) {
            return Optional.empty();
        }
    }

    private static String caller() {
        return Caller.current().name();
    }
}
