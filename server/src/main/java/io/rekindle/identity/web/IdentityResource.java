package io.rekindle.identity.web;

import io.rekindle.identity.IdentityCheck;
import io.rekindle.identity.Rulebook;
import io.rekindle.identity.RulesDocument;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The rules of who is one person, and whether what follows from them is consistent. */
@RestController
@RequestMapping("/api/identity")
class IdentityResource {
    private final Rulebook rules;
    private final IdentityCheck check;

    IdentityResource(Rulebook rules, IdentityCheck check) {
        this.rules = rules;
        this.check = check;
    }

    @GetMapping("/rules")
    @PreAuthorize("hasRole('ANALYST')")
    Rulebook.Version rules() {
        return rules.now();
    }

    /** Holds for what comes in from now on. Problems: identity_rules_invalid, with every fault at its place. */
    @PutMapping("/rules")
    @PreAuthorize("hasRole('ADMIN')")
    Rulebook.Version change(@RequestBody RulesDocument document) {
        return rules.change(document);
    }

    /** Walks the graph and the history; no findings when all is consistent. */
    @GetMapping("/check")
    @PreAuthorize("hasRole('ANALYST')")
    IdentityCheck.Report check() {
        return check.check();
    }
}
