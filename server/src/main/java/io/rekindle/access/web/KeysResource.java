package io.rekindle.access.web;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Role;
import io.rekindle.common.Page;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API keys and the audit trail. */
@RestController
@RequestMapping("/api")
@PreAuthorize("hasRole('ADMIN')")
class KeysResource {
    private final ApiKeys keys;
    private final AuditTrail audit;

    KeysResource(ApiKeys keys, AuditTrail audit) {
        this.keys = keys;
        this.audit = audit;
    }

    record NewKeyRequest(String name, Set<Role> roles) {}

    record NewKeyAnswer(ApiKeys.ApiKey key, String secret) {}

    @GetMapping("/keys")
    Page<ApiKeys.ApiKey> list() {
        return new Page<>(keys.list(), null);
    }

    /** The secret is in this answer and never again. */
    @PostMapping("/keys")
    @ResponseStatus(HttpStatus.CREATED)
    NewKeyAnswer create(@RequestBody NewKeyRequest request) {
        var made = keys.create(request.name(), request.roles());
        return new NewKeyAnswer(made.key(), made.secret());
    }

    @DeleteMapping("/keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable long id) {
        keys.revoke(id);
    }

    @GetMapping("/audit")
    Page<AuditTrail.Entry> audit(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return audit.latest(cursor, limit);
    }
}
