package io.rekindle.consent.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Category;
import io.rekindle.consent.ContactLimit;
import io.rekindle.consent.ContactLimits;
import io.rekindle.platform.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The contact budget: its limits, and how far a customer's is used up. */
@RestController
@RequestMapping("/api")
class ContactLimitsResource {
    private final ContactLimits limits;
    private final AuditTrail audit;

    ContactLimitsResource(ContactLimits limits, AuditTrail audit) {
        this.limits = limits;
        this.audit = audit;
    }

    /**
     * All limits.
     *
     * @param ofSettings the one of the server's settings, which always holds
     */
    record ContactLimitsView(ContactLimits.Setting ofSettings, List<ContactLimit> items) {}

    record ContactLimitRequest(
            @Nullable Category category,
            @Nullable String channel,
            ContactLimit.@Nullable Window window,
            @Nullable Integer most) {}

    @GetMapping("/contact-limits")
    @PreAuthorize("hasRole('VIEWER')")
    ContactLimitsView list() {
        return new ContactLimitsView(limits.ofSettings(), limits.all());
    }

    /** Sets the limit of a category, channel and window. Problems: limit_incomplete, limit_*, channel_invalid. */
    @PutMapping("/contact-limits")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public ContactLimit set(@RequestBody ContactLimitRequest request) {
        var window = request.window();
        var most = request.most();
        if (window == null || most == null)
            throw Problem.invalid("limit_incomplete", "a limit of the contact budget needs window and most");
        var limit = limits.set(request.category(), request.channel(), window, most);
        audit.record("contact_limit.set", "contact limit " + limit.id(), words(limit) + ": at most " + limit.most());
        return limit;
    }

    @DeleteMapping("/contact-limits/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public void remove(@PathVariable long id) {
        audit.record("contact_limit.removed", "contact limit " + id, words(limits.remove(id)));
    }

    /** How far every limit is used up for one customer. */
    @GetMapping("/customers/{id}/contact-budget")
    @PreAuthorize("hasRole('ANALYST')")
    Page<ContactLimits.Use> of(@PathVariable CustomerId id) {
        return new Page<>(limits.of(id), null);
    }

    private static String words(ContactLimit limit) {
        return "%s over %s in a %s"
                .formatted(
                        limit.category() == null
                                ? "all categories"
                                : limit.category().code(),
                        limit.channel() == null ? "all channels" : limit.channel(),
                        limit.window().code());
    }
}
