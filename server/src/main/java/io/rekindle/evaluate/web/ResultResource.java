package io.rekindle.evaluate.web;

import io.rekindle.evaluate.CampaignResult;
import io.rekindle.evaluate.Evaluations;
import io.rekindle.warehouse.AdHocQueries;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The review of a campaign: objective, forecast and result side by side. */
@RestController
@PreAuthorize("hasRole('VIEWER')")
class ResultResource {
    private final Evaluations evaluations;
    private final AdHocQueries queries;

    ResultResource(Evaluations evaluations, AdHocQueries queries) {
        this.evaluations = evaluations;
        this.queries = queries;
    }

    @GetMapping("/api/campaigns/{id}/result")
    CampaignResult result(@PathVariable long id) {
        return queries.answer(() -> evaluations.of(id));
    }
}
