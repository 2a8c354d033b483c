package io.rekindle.decide.web;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.decide.Decision;
import io.rekindle.decide.Decisions;
import io.rekindle.plan.Campaigns;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.AdHocQueries;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a campaign decided on whom, and why. */
@RestController
@RequestMapping("/api/campaigns/{id}/decisions")
@PreAuthorize("hasRole('ANALYST')")
class DecisionsResource {
    private final Decisions decisions;
    private final Campaigns campaigns;
    private final Profiles profiles;
    private final AdHocQueries queries;

    DecisionsResource(Decisions decisions, Campaigns campaigns, Profiles profiles, AdHocQueries queries) {
        this.decisions = decisions;
        this.campaigns = campaigns;
        this.profiles = profiles;
        this.queries = queries;
    }

    /** One decision, with the shop's own id of the customer, masked for callers who may not see it. */
    record DecisionView(
            @JsonFormat(shape = JsonFormat.Shape.STRING) long decisionId,
            CustomerId customerId,
            @Nullable String userId,
            boolean eligible,
            @Nullable String reason,
            @Nullable String arm,
            @Nullable Double probability,
            String salt,
            String action,
            @Nullable String actionReason,
            @Nullable Instant plannedAt,
            @Nullable Double expectedValue,
            @Nullable String modelVersions) {
        static DecisionView of(Decision d, Profiles.@Nullable Summary customer) {
            return new DecisionView(
                    d.decisionId(),
                    d.customerId(),
                    customer == null ? null : customer.userId(),
                    d.eligible(),
                    d.reason(),
                    d.arm(),
                    d.probability(),
                    d.salt(),
                    d.action(),
                    d.actionReason(),
                    d.plannedAt(),
                    d.expectedValue(),
                    d.modelVersions());
        }
    }

    @GetMapping
    Page<DecisionView> list(
            @PathVariable long id,
            @RequestParam @Nullable String reason,
            @RequestParam @Nullable String arm,
            @RequestParam @Nullable Long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf("reason", reason, Decisions.reasons());
        Problem.requireOneOf("arm", arm, List.of("treatment", "holdout"));
        var campaign = campaigns.get(id);
        var page = queries.answer(() -> decisions.of(campaign, reason, arm, cursor, limit));
        var known = profiles.summaries(
                page.items().stream().map(Decision::customerId).toList(), Caller.current());
        return new Page<>(
                page.items().stream()
                        .map(d -> DecisionView.of(d, known.get(d.customerId())))
                        .toList(),
                page.nextCursor());
    }

    /** Why this customer did (not) get it; also for customers outside the audience. */
    @GetMapping("/{customerId}/explain")
    Decisions.Explanation explain(@PathVariable long id, @PathVariable String customerId) {
        var customer = CustomerId.parse(customerId);
        return queries.answer(() -> decisions.explain(id, customer));
    }
}
