package io.rekindle.plan.web;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.plan.MessageTemplate;
import io.rekindle.plan.Previews;
import io.rekindle.plan.RenderedMessage;
import io.rekindle.plan.Templates;
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

/** Mail templates; saving makes a new version. */
@RestController
@RequestMapping("/api/templates")
class TemplatesResource {
    private final Templates templates;
    private final Previews previews;

    TemplatesResource(Templates templates, Previews previews) {
        this.templates = templates;
        this.previews = previews;
    }

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<MessageTemplate> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return templates.list(cursor, limit);
    }

    @GetMapping("/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    MessageTemplate get(@PathVariable long id) {
        return templates.get(id);
    }

    /** {@code template_not_valid} lists every fault with its part and line. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    MessageTemplate create(@RequestBody Templates.Draft draft) {
        return templates.create(draft);
    }

    @PutMapping("/{id}")
    @PreAuthorize("hasRole('PLANNER')")
    MessageTemplate update(@PathVariable long id, @RequestBody Templates.Draft draft) {
        return templates.update(id, draft);
    }

    /** For whom, and with which offer; without one the mail has no values of an offer. */
    record PreviewRequest(CustomerId customerId, @Nullable Long offerId) {}

    /** {@code template_missing_value} names every value a part lacks; {@code customer_not_found}, {@code offer_not_found}. */
    @PostMapping("/{id}/preview")
    @PreAuthorize("hasRole('PLANNER')")
    RenderedMessage preview(@PathVariable long id, @RequestBody PreviewRequest request) {
        return previews.preview(id, request.customerId(), request.offerId());
    }
}
