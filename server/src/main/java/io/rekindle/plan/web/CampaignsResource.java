package io.rekindle.plan.web;

import io.rekindle.common.Page;
import io.rekindle.plan.Campaign;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.Forecast;
import io.rekindle.warehouse.AdHocQueries;
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

/** Campaigns, from draft to approval. */
@RestController
@RequestMapping("/api/campaigns")
class CampaignsResource {
    private final Campaigns campaigns;
    private final AdHocQueries queries;

    CampaignsResource(Campaigns campaigns, AdHocQueries queries) {
        this.campaigns = campaigns;
        this.queries = queries;
    }

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<Campaign> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return campaigns.list(cursor, limit);
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    Campaign get(@PathVariable long id) {
        return campaigns.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    Campaign create(@RequestBody Campaigns.Draft draft) {
        return campaigns.create(draft);
    }

    @PutMapping("/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    Campaign update(@PathVariable long id, @RequestBody Campaigns.Draft draft) {
        return campaigns.update(id, draft);
    }

    /** What it would do if it ran now; nothing is written. */
    @PostMapping("/{id}/forecast")
    @PreAuthorize("hasRole('ANALYST')")
    Forecast forecast(@PathVariable long id) {
        return queries.answer(() -> campaigns.forecast(id));
    }

    @PostMapping("/{id}/submit")
    @PreAuthorize("hasRole('PLANNER')")
    Campaign submit(@PathVariable long id) {
        return campaigns.submit(id);
    }

    @PostMapping("/{id}/reopen")
    @PreAuthorize("hasRole('PLANNER')")
    Campaign reopen(@PathVariable long id) {
        return campaigns.reopen(id);
    }

    @PostMapping("/{id}/approve")
    @PreAuthorize("hasRole('APPROVER')")
    Campaign approve(@PathVariable long id) {
        return campaigns.approve(id);
    }

    @PostMapping("/{id}/cancel")
    @PreAuthorize("hasAnyRole('PLANNER', 'APPROVER')")
    Campaign cancel(@PathVariable long id) {
        return campaigns.cancel(id);
    }
}
