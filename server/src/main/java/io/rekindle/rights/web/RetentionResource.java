package io.rekindle.rights.web;

import io.rekindle.common.Page;
import io.rekindle.rights.Retention;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How long data is kept. */
@RestController
@RequestMapping("/api/retention")
@PreAuthorize("hasRole('ADMIN')")
class RetentionResource {
    private final Retention retention;

    RetentionResource(Retention retention) {
        this.retention = retention;
    }

    /** Each class of data, its rule, and what would go now. */
    @GetMapping
    Page<Retention.Rule> retentionRules() {
        return new Page<>(retention.dryRun(), null);
    }

    /** Removes it now, not at the daily time; answers what was removed. */
    @PostMapping("/apply")
    Page<Retention.Rule> applyRetention() {
        return new Page<>(retention.apply(), null);
    }
}
