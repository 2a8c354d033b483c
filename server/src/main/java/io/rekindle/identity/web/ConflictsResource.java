package io.rekindle.identity.web;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.identity.Identities;
import java.time.Instant;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Links between customers that were refused. */
@RestController
@RequestMapping("/api/identity/conflicts")
class ConflictsResource {
    private final Identities identities;

    ConflictsResource(Identities identities) {
        this.identities = identities;
    }

    record ConflictView(
            String type,
            CustomerId customerId,
            CustomerId refusedCustomerId,
            String reason,
            Instant firstAt,
            Instant lastAt,
            long times) {}

    @GetMapping
    @PreAuthorize("hasRole('ANALYST')")
    Page<ConflictView> list(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var page = identities.conflicts(cursor, limit);
        return new Page<>(
                page.items().stream()
                        .map(c -> new ConflictView(
                                c.identifier().type().code(),
                                c.customer(),
                                c.refused(),
                                c.reason().code(),
                                c.firstAt(),
                                c.lastAt(),
                                c.times()))
                        .toList(),
                page.nextCursor());
    }
}
