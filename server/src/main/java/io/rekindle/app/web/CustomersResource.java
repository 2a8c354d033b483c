package io.rekindle.app.web;

import io.rekindle.access.Caller;
import io.rekindle.analyse.Analysis;
import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Ask;
import io.rekindle.consent.Consent;
import io.rekindle.consent.Consents;
import io.rekindle.consent.Permissions;
import io.rekindle.decide.Decision;
import io.rekindle.decide.Decisions;
import io.rekindle.deliver.Messages;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.predict.Prediction;
import io.rekindle.predict.ScoreReasons;
import io.rekindle.profile.Orders;
import io.rekindle.profile.Profile;
import io.rekindle.profile.Profiles;
import io.rekindle.profile.Relations;
import io.rekindle.profile.Section;
import io.rekindle.profile.TagValue;
import io.rekindle.profile.Tags;
import io.rekindle.profile.Timeline;
import io.rekindle.segment.Segments;
import io.rekindle.warehouse.AdHocQueries;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The customers: a list to find one in, and one customer with what every module knows of her. */
@RestController
@RequestMapping("/api/customers")
@PreAuthorize("hasRole('ANALYST')")
class CustomersResource {
    private static final Map<String, Identifier.Type> TYPES =
            Arrays.stream(Identifier.Type.values()).collect(Collectors.toMap(Identifier.Type::code, type -> type));

    private static final int MOST_NAMED = 500;

    private final Profiles profiles;
    private final Identities identities;
    private final Orders orders;
    private final Timeline timeline;
    private final Consents consents;
    private final Analysis analysis;
    private final Prediction prediction;
    private final Decisions decisions;
    private final Messages messages;
    private final CustomerRows rows;
    private final AdHocQueries queries;
    private final Tags tags;
    private final Relations relations;
    private final List<Section> sections;
    private final Segments segments;
    private final Permissions permissions;
    private final BusinessClock clock;

    CustomersResource(
            Profiles profiles,
            Identities identities,
            Orders orders,
            Timeline timeline,
            Consents consents,
            Analysis analysis,
            Prediction prediction,
            Decisions decisions,
            Messages messages,
            CustomerRows rows,
            AdHocQueries queries,
            Tags tags,
            Relations relations,
            List<Section> sections,
            Segments segments,
            Permissions permissions,
            BusinessClock clock) {
        this.profiles = profiles;
        this.identities = identities;
        this.orders = orders;
        this.timeline = timeline;
        this.consents = consents;
        this.analysis = analysis;
        this.prediction = prediction;
        this.decisions = decisions;
        this.messages = messages;
        this.rows = rows;
        this.queries = queries;
        this.tags = tags;
        this.relations = relations;
        this.sections = List.copyOf(sections);
        this.segments = segments;
        this.permissions = permissions;
        this.clock = clock;
    }

    /** One line of the list; name and e-mail masked where the caller may not see them. */
    record CustomerRow(
            CustomerId customerId,
            @Nullable String userId,
            @Nullable String name,
            @Nullable String email,
            @Nullable String tier,
            @Nullable String group,
            @Nullable String stage,
            long orders,
            BigDecimal revenue,
            @Nullable Instant lastOrderAt) {}

    /** One customer; parts that are not known yet are null or empty. */
    record Customer(
            CustomerId customerId,
            Instant firstSeen,
            Instant lastSeen,
            List<Profile.IdentifierValue> identifiers,
            List<Profile.Trait> traits,
            List<Orders.Order> orders,
            Analysis.@Nullable TierNow tier,
            Analysis.@Nullable StageNow stage,
            List<Prediction.ScoreNow> scores,
            @Nullable ScoreReasons scoreReasons,
            List<Consent> consent,
            List<Decision> decisions,
            List<Messages.Message> messages,
            List<TagValue> tags,
            List<Relations.Relation> relations,
            List<SectionAnswer> sections,
            @Nullable NextAction nextAction) {}

    /**
     * A part of the page.
     *
     * @param provided whether any module fills it
     * @param figures what there is of this customer
     */
    record SectionAnswer(Section.Kind kind, boolean provided, List<Section.Figure> figures) {}

    /** A segment the customer is in now. */
    record InSegment(long id, String name) {}

    /** Known customers, a page at a time; who has an identifier is asked by {@code POST /api/customers/search}. */
    @GetMapping
    Page<CustomerRow> list(
            @RequestParam(required = false) @Nullable String tier,
            @RequestParam(required = false) @Nullable String stage,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf("tier", tier, Analysis.tiers());
        Problem.requireOneOf("stage", stage, Analysis.stages());
        return queries.answer(() -> listed(tier, stage, cursor, limit));
    }

    private Page<CustomerRow> listed(
            @Nullable String tier, @Nullable String stage, @Nullable String cursor, int limit) {
        var ids = tier == null && stage == null
                ? profiles.page(cursor, limit)
                : rows.filtered(tier, stage, cursor, limit);
        return new Page<>(rows.of(ids.items(), Caller.current()), ids.nextCursor());
    }

    record CustomerSearch(@Nullable String query) {}

    /**
     * Customers who have exactly this identifier, of whatever type; one of a company's own system is written with its kind:
     * {@code till:4711}. It travels in the body: an address would stand in logs.
     */
    @PostMapping("/search")
    Page<CustomerRow> search(@RequestBody CustomerSearch asked) {
        var query = asked.query();
        if (query == null || query.isBlank())
            throw Problem.invalid("search_empty", "send {\"query\":…}: an identifier of a customer");
        return queries.answer(() -> new Page<>(rows.of(profiles.search(query.strip()), Caller.current()), null));
    }

    record CustomersNamed(@Nullable List<CustomerId> customerIds) {}

    /** Who some customers are, side by side: masked where the caller may not see it. At most 500. */
    @PostMapping("/names")
    Page<Profiles.Card> names(@RequestBody CustomersNamed asked) {
        var ids = asked.customerIds();
        if (ids == null || ids.size() > MOST_NAMED)
            throw Problem.invalid("customers_many", "name at most {most} customers in customerIds")
                    .with("most", MOST_NAMED);
        return new Page<>(profiles.cards(ids, Caller.current()), null);
    }

    @GetMapping("/{id}")
    Customer customer(@PathVariable CustomerId id) {
        return queries.answer(() -> known(id));
    }

    private Customer known(CustomerId id) {
        var canonical = identities.canonical(id);
        var profile = profiles.get(canonical, Caller.current()).orElseThrow(() -> unknown(id));
        var stage = analysis.stage(canonical).orElse(null);
        var scores = prediction.scores(canonical);
        var against = permissions
                .judge(new long[] {canonical.value()}, Ask.marketing(Permissions.EMAIL), clock.instant())
                .reasons(0);
        return new Customer(
                canonical,
                profile.firstSeen(),
                profile.lastSeen(),
                profile.identifiers(),
                profile.traits(),
                orders.of(canonical),
                analysis.tier(canonical).orElse(null),
                stage,
                scores,
                prediction.reasons(canonical).orElse(null),
                consents.of(canonical),
                decisions.of(canonical),
                messages.of(canonical),
                tags.of(List.of(canonical)).getOrDefault(canonical, List.of()),
                relations.of(canonical),
                sectionsOf(canonical),
                NextAction.of(stage, scores, against));
    }

    private List<SectionAnswer> sectionsOf(CustomerId customer) {
        return Arrays.stream(Section.Kind.values())
                .map(kind -> {
                    var given =
                            sections.stream().filter(one -> one.kind() == kind).toList();
                    return new SectionAnswer(
                            kind,
                            !given.isEmpty(),
                            given.stream()
                                    .flatMap(one -> one.of(customer).stream())
                                    .toList());
                })
                .toList();
    }

    /** The segments the customer is in now, by name. */
    @GetMapping("/{id}/segments")
    Page<InSegment> segments(@PathVariable CustomerId id) {
        if (!profiles.exists(id)) throw unknown(id);
        return new Page<>(
                queries.answer(() -> segments.of(identities.canonical(id))).entrySet().stream()
                        .map(one -> new InSegment(one.getKey(), one.getValue()))
                        .toList(),
                null);
    }

    /** @param type {@code user_id, email, phone} or {@code anonymous_id} */
    record Lookup(@Nullable String type, @Nullable String value) {}

    /** Who has an identifier, and what is known of them at a glance. */
    record Found(Profile profile, List<TagValue> tags) {}

    /**
     * The customer who has an identifier, from PostgreSQL alone. The identifier travels in the body: an address would
     * stand in logs.
     */
    @PostMapping("/lookup")
    Found lookup(@RequestBody Lookup asked) {
        if (asked.type() == null || asked.value() == null)
            throw Problem.invalid("lookup_incomplete", "send {\"type\":\"email\",\"value\":…}");
        Problem.requireOneOf("type", asked.type(), TYPES.keySet());
        var type = TYPES.get(asked.type());
        if (type == null) throw new IllegalStateException("the type was just found");
        var customer = identities
                .find(type, asked.value())
                .orElseThrow(() -> Problem.notFound("identifier_not_found", "no customer has this {type}")
                        .with("type", asked.type()));
        var found = profiles.glance(customer, Caller.current()).orElseThrow(() -> unknown(customer));
        return new Found(found.profile(), found.tags());
    }

    /** What the customer did, latest first. */
    @GetMapping("/{id}/timeline")
    Page<Timeline.Entry> timeline(
            @PathVariable CustomerId id,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        if (!profiles.exists(id)) throw unknown(id);
        return queries.answer(() -> timeline.of(id, cursor, limit));
    }

    private static Problem unknown(CustomerId id) {
        return Problem.notFound("customer_not_found", "there is no customer {id}")
                .with("id", id);
    }
}
