package io.rekindle.rights.web;

import io.rekindle.access.AccessLog;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.rights.Looks;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who looked at a person. */
@RestController
class AccessesResource {
    private final Looks looks;

    AccessesResource(Looks looks) {
        this.looks = looks;
    }

    /** Latest first. */
    @GetMapping("/api/customers/{id}/accesses")
    @PreAuthorize("hasRole('PLANNER')")
    Page<AccessLog.Look> accessesOfCustomer(
            @PathVariable CustomerId id,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return looks.at(id, cursor, limit);
    }
}
