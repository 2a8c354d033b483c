package io.rekindle.plan.web;

import io.rekindle.common.Page;
import io.rekindle.plan.Objective;
import io.rekindle.plan.ObjectiveMetric;
import io.rekindle.plan.Objectives;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Objectives; each is measured when it is shown, until the value at its deadline is recorded. */
@RestController
@RequestMapping("/api/objectives")
class ObjectivesResource {
    private final Objectives objectives;

    ObjectivesResource(Objectives objectives) {
        this.objectives = objectives;
    }

    record ObjectiveView(
            long id,
            Objective.Kind kind,
            String name,
            ObjectiveMetric metric,
            Objective.Unit unit,
            @Nullable Long segmentId,
            int windowDays,
            double baseline,
            long baselineCustomers,
            double target,
            LocalDate deadline,
            String state,
            Objectives.Measuring measured,
            Instant measuredTo,
            @Nullable Double current,
            @Nullable Double progress) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<ObjectiveView> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var page = objectives.list(cursor, limit);
        return new Page<>(page.items().stream().map(this::view).toList(), page.nextCursor());
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    ObjectiveView get(@PathVariable long id) {
        return view(objectives.require(id));
    }

    /** {@code objective_not_smart} lists everything that keeps it from being specific, measurable and time-bound. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    ObjectiveView create(@RequestBody Objectives.Draft draft) {
        return view(objectives.create(draft));
    }

    @PutMapping("/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    ObjectiveView update(@PathVariable long id, @RequestBody Objectives.Draft draft) {
        return view(objectives.update(id, draft));
    }

    private ObjectiveView view(Objective o) {
        var standing = objectives.standing(o);
        return new ObjectiveView(
                o.id(),
                o.kind(),
                o.name(),
                o.metric(),
                o.unit(),
                o.segmentId(),
                o.windowDays(),
                o.baseline(),
                o.baselineCustomers(),
                o.target(),
                o.deadline(),
                standing.state(),
                standing.measured(),
                standing.measuredTo(),
                standing.current(),
                standing.progress());
    }
}
