package io.rekindle.consent.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Consent;
import io.rekindle.consent.Consents;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Permission of one customer, set by hand. */
@RestController
@RequestMapping("/api/customers/{id}/consent")
class ConsentResource {
    private final Consents consents;
    private final Profiles profiles;
    private final AuditTrail audit;

    ConsentResource(Consents consents, Profiles profiles, AuditTrail audit) {
        this.consents = consents;
        this.profiles = profiles;
        this.audit = audit;
    }

    record ConsentRequest(
            @Nullable String purpose,
            @Nullable String channel,
            @Nullable Boolean granted) {}

    /** Answers everything the customer has said since. Problems: customer_not_found, consent_incomplete, *_invalid. */
    @PutMapping
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public Page<Consent> set(@PathVariable String id, @RequestBody ConsentRequest request) {
        var customer = CustomerId.parse(id);
        var purpose = request.purpose();
        var channel = request.channel();
        var granted = request.granted();
        if (purpose == null || channel == null || granted == null)
            throw Problem.invalid("consent_incomplete", "a consent needs purpose, channel and granted");
        if (!profiles.exists(customer))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", customer);
        consents.set(
                customer, purpose, channel, granted, "by " + Caller.current().name());
        audit.record(
                "consent.set",
                "customer " + customer,
                "%s by %s: %s".formatted(purpose, channel, granted ? "granted" : "withdrawn"));
        return new Page<>(consents.of(customer), null);
    }
}
