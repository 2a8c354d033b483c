package io.rekindle.app.web;

import io.rekindle.access.Caller;
import io.rekindle.analyse.Analysis;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Consent;
import io.rekindle.consent.Consents;
import io.rekindle.decide.Decision;
import io.rekindle.decide.Decisions;
import io.rekindle.deliver.Messages;
import io.rekindle.identity.Identities;
import io.rekindle.platform.Problem;
import io.rekindle.predict.Prediction;
import io.rekindle.profile.Orders;
import io.rekindle.profile.Profile;
import io.rekindle.profile.Profiles;
import io.rekindle.profile.Timeline;
import io.rekindle.warehouse.AdHocQueries;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The customers: a list to find one in, and one customer with what every module knows of her. */
@RestController
@RequestMapping("/api/customers")
@PreAuthorize("hasRole('ANALYST')")
class CustomersResource {
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
            AdHocQueries queries) {
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
            List<Consent> consent,
            List<Decision> decisions,
            List<Messages.Message> messages) {}

    /** @param query an exact user id, e-mail address or phone number; with it the other filters are not looked at */
    @GetMapping
    Page<CustomerRow> list(
            @RequestParam(required = false) @Nullable String query,
            @RequestParam(required = false) @Nullable String tier,
            @RequestParam(required = false) @Nullable String stage,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf("tier", tier, Analysis.tiers());
        Problem.requireOneOf("stage", stage, Analysis.stages());
        return queries.answer(() -> found(query, tier, stage, cursor, limit));
    }

    private Page<CustomerRow> found(
            @Nullable String query, @Nullable String tier, @Nullable String stage, @Nullable String cursor, int limit) {
        if (query != null && !query.isBlank())
            return new Page<>(rows.of(profiles.search(query.strip()), Caller.current()), null);
        var ids = tier == null && stage == null
                ? profiles.page(cursor, limit)
                : rows.filtered(tier, stage, cursor, limit);
        return new Page<>(rows.of(ids.items(), Caller.current()), ids.nextCursor());
    }

    @GetMapping("/{id}")
    Customer customer(@PathVariable CustomerId id) {
        return queries.answer(() -> known(id));
    }

    private Customer known(CustomerId id) {
        var canonical = identities.canonical(id);
        var profile = profiles.get(canonical, Caller.current()).orElseThrow(() -> unknown(id));
        return new Customer(
                canonical,
                profile.firstSeen(),
                profile.lastSeen(),
                profile.identifiers(),
                profile.traits(),
                orders.of(canonical),
                analysis.tier(canonical).orElse(null),
                analysis.stage(canonical).orElse(null),
                prediction.scores(canonical),
                consents.of(canonical),
                decisions.of(canonical),
                messages.of(canonical));
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
