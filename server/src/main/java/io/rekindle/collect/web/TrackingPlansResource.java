package io.rekindle.collect.web;

import io.rekindle.collect.Sources;
import io.rekindle.collect.intake.Quarantine;
import io.rekindle.collect.tracking.PlanGuess;
import io.rekindle.collect.tracking.RepairStep;
import io.rekindle.collect.tracking.TrackingPlan;
import io.rekindle.collect.tracking.TrackingPlan.PlannedEvent;
import io.rekindle.collect.tracking.TrackingPlans;
import io.rekindle.collect.tracking.Violations;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What sources were agreed to send, what broke it, and what was set aside for that. */
@RestController
@RequestMapping("/api")
class TrackingPlansResource {
    private static final int LONGEST_SPAN = 366;

    private final TrackingPlans plans;
    private final PlanGuess guess;
    private final Violations violations;
    private final Quarantine quarantine;
    private final Sources sources;

    TrackingPlansResource(
            TrackingPlans plans, PlanGuess guess, Violations violations, Quarantine quarantine, Sources sources) {
        this.plans = plans;
        this.guess = guess;
        this.violations = violations;
        this.quarantine = quarantine;
        this.sources = sources;
    }

    /** The plan in force; version 0 and no events when the source has none. */
    @GetMapping("/sources/{id}/plan")
    @PreAuthorize("hasRole('VIEWER')")
    TrackingPlan plan(@PathVariable int id) {
        return plans.latest(id);
    }

    /** Every version, latest first. */
    @GetMapping("/sources/{id}/plan/versions")
    @PreAuthorize("hasRole('VIEWER')")
    Page<TrackingPlan> versions(
            @PathVariable int id,
            @RequestParam(defaultValue = "2147483647") int cursor,
            @RequestParam(defaultValue = "20") int limit) {
        return plans.versions(id, cursor, limit);
    }

    /**
     * A new version.
     *
     * @param seenVersion the version it was made from; 0 for the first
     */
    record NewPlan(
            Integer seenVersion,
            TrackingPlan.Mode mode,
            Boolean allowsUnplanned,
            List<PlannedEvent> events,
            @Nullable String note) {}

    /** Puts a new version in force. */
    @PutMapping("/sources/{id}/plan")
    @PreAuthorize("hasRole('ADMIN')")
    TrackingPlan save(@PathVariable int id, @RequestBody NewPlan plan) {
        return plans.save(
                id,
                plan.seenVersion(),
                plan.mode(),
                plan.allowsUnplanned(),
                plan.events(),
                plan.note() == null ? "" : plan.note());
    }

    /** A first plan, guessed from what the source sent in the last days; nothing is changed. */
    @GetMapping("/sources/{id}/plan/guess")
    @PreAuthorize("hasRole('ANALYST')")
    Page<PlanGuess.Guessed> guess(@PathVariable int id, @RequestParam(defaultValue = "28") int days) {
        return new Page<>(guess.of(sources.get(id).id(), span(days)), null);
    }

    /** Broken rules, and how many on each day. */
    record ViolationsAnswer(List<Violations.Broken> items, List<Violations.Day> days) {}

    /** Which rules were broken how often, by source and event; most broken first. */
    @GetMapping("/violations")
    @PreAuthorize("hasRole('ANALYST')")
    ViolationsAnswer violations(
            @RequestParam(required = false) @Nullable Integer sourceId,
            @RequestParam(defaultValue = "28") int days,
            @RequestParam(defaultValue = "100") int limit) {
        return new ViolationsAnswer(
                violations.byRule(sourceId, span(days), limit), violations.byDay(sourceId, span(days)));
    }

    /** Items that wait, by what they are and what they broke. */
    record QuarantineAnswer(long waiting, List<Quarantine.Kind> kinds) {}

    @GetMapping("/sources/{id}/quarantine")
    @PreAuthorize("hasRole('ANALYST')")
    QuarantineAnswer quarantine(@PathVariable int id, @RequestParam(defaultValue = "100") int limit) {
        var source = sources.get(id);
        return new QuarantineAnswer(quarantine.waiting(source.id()), quarantine.kinds(source.id(), limit));
    }

    /**
     * Items that wait, latest first; the item itself only for who may see personal data.
     *
     * @param rules exactly those that were broken, a line each: a rule may hold a comma
     */
    @GetMapping("/sources/{id}/quarantine/items")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Quarantine.Held> items(
            @PathVariable int id,
            @RequestParam(required = false) @Nullable String type,
            @RequestParam(required = false) @Nullable String name,
            @RequestParam(required = false) @Nullable Boolean unnamed,
            @RequestParam(required = false) @Nullable String rule,
            @RequestParam(required = false) @Nullable String rules,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "20") int limit) {
        var which = new Quarantine.Which(
                null,
                type,
                name,
                unnamed,
                rule,
                rules == null ? null : rules.lines().toList());
        return quarantine.list(sources.get(id).id(), which, cursor, limit);
    }

    /**
     * @param steps what repairs the items, in this order; none: they are tried as they are
     * @param cursor the {@code nextCursor} of the call before; without one it begins with the first item
     */
    record ReplayRequest(
            Quarantine.@Nullable Which which,
            @Nullable List<RepairStep> steps,
            @Nullable Boolean dryRun,
            @Nullable String cursor) {}

    /**
     * Takes items in after a repair, as far as they then fit the plan in force. A call looks at 50,000 items: while the answer
     * has a {@code nextCursor} there are more, and the same call with it goes on behind those that stay.
     */
    @PostMapping("/sources/{id}/quarantine/replay")
    @PreAuthorize("hasRole('ADMIN')")
    Quarantine.Replay replay(@PathVariable int id, @RequestBody ReplayRequest request) {
        return quarantine.replay(
                id,
                request.which() == null ? Quarantine.Which.ALL : request.which(),
                request.steps() == null ? List.of() : request.steps(),
                Boolean.TRUE.equals(request.dryRun()),
                request.cursor());
    }

    /** How many items were thrown away. */
    record Discarded(long items) {}

    /** Throws items away for good. */
    @PostMapping("/sources/{id}/quarantine/discard")
    @PreAuthorize("hasRole('ADMIN')")
    Discarded discard(@PathVariable int id, @RequestBody Quarantine.Which which) {
        return new Discarded(quarantine.discard(id, which));
    }

    private static int span(int days) {
        if (days < 1 || days > LONGEST_SPAN)
            throw Problem.invalid("days_invalid", "days must be 1 to {most}").with("most", LONGEST_SPAN);
        return days;
    }
}
