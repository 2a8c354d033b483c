package io.rekindle.identity.web;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.identity.Identities;
import io.rekindle.identity.IdentityCheck;
import io.rekindle.identity.Rulebook;
import io.rekindle.identity.RulesDocument;
import io.rekindle.identity.Trial;
import java.time.Instant;
import java.util.Objects;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The rules of who is one person, and whether what follows from them is consistent. */
@RestController
@RequestMapping("/api/identity")
class IdentityResource {
    private final Rulebook rules;
    private final IdentityCheck check;
    private final Identities identities;
    private final AccessLog accesses;

    IdentityResource(Rulebook rules, IdentityCheck check, Identities identities, AccessLog accesses) {
        this.identities = identities;
        this.accesses = accesses;
        this.rules = rules;
        this.check = check;
    }

    /** Blocked values in clear to whoever is shown personal data, which is written down; otherwise marks in their place. */
    @GetMapping("/rules")
    @PreAuthorize("hasRole('ANALYST')")
    Rulebook.Version rules() {
        return shown(rules.now());
    }

    /**
     * Holds for what comes in from now on; a mark in the place of a blocked value leaves that as it is. Problems:
     * identity_rules_invalid, with every fault at its place.
     */
    @PutMapping("/rules")
    @PreAuthorize("hasRole('ADMIN')")
    Rulebook.Version change(@RequestBody RulesDocument document) {
        return shown(rules.change(document));
    }

    private Rulebook.Version shown(Rulebook.Version version) {
        if (version.document().blocked().isEmpty()) return version;
        if (!accesses.showsClear(Caller.current())) return rules.masked(version);
        accesses.lookedAtSomebody("blocked");
        return version;
    }

    /**
     * What these rules would make of the history: nothing is changed. Problems: identity_rules_invalid.
     */
    @PostMapping("/rules/dry-run")
    @PreAuthorize("hasRole('PLANNER')")
    Trial.Outcome dryRun(@RequestBody RulesDocument document) {
        return rules.dryRun(document);
    }

    /** @param claims how many customers claim it */
    record SharedView(CustomerId id, String type, CustomerId customerId, int claims, Instant since) {}

    /** Identifiers several people use, the latest first; they link nobody any more. */
    @GetMapping("/shared")
    @PreAuthorize("hasRole('ANALYST')")
    Page<SharedView> shared(
            @RequestParam(defaultValue = "0") int cursor, @RequestParam(defaultValue = "50") int limit) {
        var page = identities.shared(Math.max(0, cursor), limit);
        return new Page<>(
                page.items().stream()
                        .map(k -> new SharedView(
                                k.identifier().id(),
                                k.identifier().type().code(),
                                k.customer(),
                                k.claims(),
                                Objects.requireNonNull(k.sharedSince())))
                        .toList(),
                page.nextCursor());
    }

    /** Walks the graph and the history; no findings when all is consistent. */
    @GetMapping("/check")
    @PreAuthorize("hasRole('ANALYST')")
    IdentityCheck.Report check() {
        return check.check();
    }
}
