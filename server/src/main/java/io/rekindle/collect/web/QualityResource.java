package io.rekindle.collect.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.collect.quality.Quality;
import io.rekindle.collect.quality.QualityReports;
import io.rekindle.collect.quality.QualityReports.Alert;
import io.rekindle.collect.quality.QualityReports.FieldPoint;
import io.rekindle.collect.quality.QualityReports.FieldQuality;
import io.rekindle.collect.quality.QualityReports.SourceQuality;
import io.rekindle.collect.quality.QualityReports.Standing;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Whether what comes in can be relied on. */
@RestController
@RequestMapping("/api/quality")
class QualityResource {
    private static final int LONGEST_SPAN = 400;

    private final Quality quality;
    private final QualityReports reports;
    private final AuditTrail audit;

    QualityResource(Quality quality, QualityReports reports, AuditTrail audit) {
        this.quality = quality;
        this.reports = reports;
        this.audit = audit;
    }

    /** How many alerts are open, and up to which day was measured. */
    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Standing standing() {
        return reports.standing();
    }

    /** Every measured source with its last days. */
    @GetMapping("/sources")
    @PreAuthorize("hasRole('VIEWER')")
    Page<SourceQuality> sources(@RequestParam(defaultValue = "28") int days) {
        return new Page<>(reports.sources(span(days)), null);
    }

    @GetMapping("/sources/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    SourceQuality source(@PathVariable int id, @RequestParam(defaultValue = "56") int days) {
        return reports.source(id, span(days));
    }

    /** The fields of one day: of the last measured one when none is named. */
    @GetMapping("/sources/{id}/fields")
    @PreAuthorize("hasRole('VIEWER')")
    Page<FieldQuality> fields(@PathVariable int id, @RequestParam(required = false) @Nullable LocalDate day) {
        return new Page<>(reports.fields(id, day), null);
    }

    /** One field day by day. */
    @GetMapping("/sources/{id}/trend")
    @PreAuthorize("hasRole('VIEWER')")
    Page<FieldPoint> trend(
            @PathVariable int id,
            @RequestParam(defaultValue = "track") String type,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String field,
            @RequestParam(defaultValue = "56") int days) {
        return new Page<>(reports.trend(id, type, name, field, span(days)), null);
    }

    /** What was not as usual, latest first. */
    @GetMapping("/alerts")
    @PreAuthorize("hasRole('VIEWER')")
    Page<Alert> alerts(
            @RequestParam(required = false) @Nullable Integer sourceId,
            @RequestParam(defaultValue = "true") boolean open,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return reports.alerts(sourceId, open, cursor, limit);
    }

    /** @param days how many were measured now */
    record Measured(int days, Standing standing) {}

    /** Measures the days that are over and were not measured yet, now instead of tomorrow morning. */
    @PostMapping("/measure")
    @PreAuthorize("hasRole('PLANNER')")
    Measured measure() {
        int days = quality.measure();
        audit.record("quality.measured", "quality", days + " days");
        return new Measured(days, reports.standing());
    }

    /** Ends an alert by hand: what was found is the usual from now on. */
    @PostMapping("/alerts/{id}/close")
    @PreAuthorize("hasRole('PLANNER')")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void close(@PathVariable long id) {
        quality.close(id);
        audit.record("quality.closed", "quality", "alert " + id);
    }

    private static int span(int days) {
        if (days < 1 || days > LONGEST_SPAN)
            throw Problem.invalid("days_invalid", "days must be 1 to {most}").with("most", LONGEST_SPAN);
        return days;
    }
}
