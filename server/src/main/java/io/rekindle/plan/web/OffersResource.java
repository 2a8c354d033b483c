package io.rekindle.plan.web;

import io.rekindle.common.Page;
import io.rekindle.plan.Offer;
import io.rekindle.plan.Offers;
import io.rekindle.platform.Problem;
import java.util.List;
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

/** Offers and their coupon codes. */
@RestController
@RequestMapping("/api/offers")
class OffersResource {
    private final Offers offers;

    OffersResource(Offers offers) {
        this.offers = offers;
    }

    /** Codes of one's own, or a number of codes to make. */
    record NewCodes(
            @Nullable List<String> codes,
            @Nullable Integer generate,
            @Nullable String prefix) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<Offer> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return offers.list(cursor, limit);
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    Offer get(@PathVariable long id) {
        return offers.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    Offer create(@RequestBody Offers.Draft draft) {
        return offers.create(draft);
    }

    @PutMapping("/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    Offer update(@PathVariable long id, @RequestBody Offers.Draft draft) {
        return offers.update(id, draft);
    }

    @PostMapping("/{id}/codes")
    @PreAuthorize("hasRole('PLANNER')")
    Offer addCodes(@PathVariable long id, @RequestBody NewCodes codes) {
        if (codes.codes() != null && codes.generate() == null) return offers.importCodes(id, codes.codes());
        if (codes.generate() != null && codes.codes() == null)
            return offers.generateCodes(id, codes.generate(), codes.prefix() == null ? "" : codes.prefix());
        throw Problem.invalid(
                "codes_not_valid", "give either codes (a list) or generate (a number), with a prefix if you like");
    }
}
