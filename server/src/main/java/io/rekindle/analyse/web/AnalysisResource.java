package io.rekindle.analyse.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.analyse.Analysis;
import io.rekindle.analyse.Analysis.StageTotal;
import io.rekindle.analyse.Analysis.TierTotal;
import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.util.List;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is worth what, and where customers stand. */
@RestController
@RequestMapping("/api/analysis")
class AnalysisResource {
    private final Analysis analysis;
    private final BusinessClock clock;
    private final AuditTrail audit;

    AnalysisResource(Analysis analysis, BusinessClock clock, AuditTrail audit) {
        this.analysis = analysis;
        this.clock = clock;
        this.audit = audit;
    }

    record AnalysisAnswer(List<TierTotal> tiers, List<StageTotal> stages, Instant businessTime) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    AnalysisAnswer get() {
        return new AnalysisAnswer(analysis.tierTotals(), analysis.stageTotals(), clock.instant());
    }

    /** Renews tiers, stages, models and scores now instead of tomorrow morning. */
    @PostMapping("/refresh")
    @PreAuthorize("hasRole('PLANNER')")
    AnalysisAnswer refresh() {
        analysis.refresh();
        audit.record("analysis.refreshed", "analysis", "as of " + clock.instant());
        return get();
    }
}
