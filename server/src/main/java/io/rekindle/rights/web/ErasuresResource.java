package io.rekindle.rights.web;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.platform.Problem;
import io.rekindle.rights.Erasure;
import io.rekindle.rights.Erasures;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Erasures: asked for, followed, finished at once, and the way back for who wants to be a customer again. */
@RestController
@RequestMapping("/api/erasures")
@PreAuthorize("hasRole('ADMIN')")
class ErasuresResource {
    private final Erasures erasures;

    ErasuresResource(Erasures erasures) {
        this.erasures = erasures;
    }

    /** @param reason why, without naming the person: it stays */
    record ErasureRequest(
            @Nullable CustomerId customerId, @Nullable String reason) {}

    /** @param type user_id, email, phone or anonymous_id */
    record Readmission(
            @Nullable String type,
            @Nullable String value,
            @Nullable String reason) {}

    /** How many erasures were finished now. */
    record Finished(int finished) {}

    @GetMapping
    Page<Erasure> erasures(
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return erasures.list(cursor, limit);
    }

    @GetMapping("/{id}")
    Erasure erasure(@PathVariable long id) {
        return erasures.get(id);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Erasure requestErasure(@RequestBody ErasureRequest request) {
        if (request.customerId() == null)
            throw Problem.invalid("customer_missing", "name whom to erase in 'customerId'");
        return erasures.request(request.customerId(), request.reason() == null ? "" : request.reason());
    }

    /** Writes the files anew now, not at the daily time; returns when it is done. */
    @PostMapping("/finish")
    Finished finishErasures() {
        return new Finished(erasures.finish());
    }

    @PostMapping("/readmit")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void readmitErased(@RequestBody Readmission request) {
        var codes = Arrays.stream(Identifier.Type.values())
                .map(Identifier.Type::code)
                .toList();
        Problem.requireOneOf("type", request.type() == null ? "" : request.type(), codes);
        if (request.value() == null || request.value().isBlank())
            throw Problem.invalid("identifier_missing", "name the identifier to let in again in 'value'");
        if (request.reason() == null || request.reason().isBlank())
            throw Problem.invalid("readmission_needs_reason", "say in 'reason' by what act the person came back");
        var readmitted = Arrays.stream(Identifier.Type.values())
                .filter(type -> type.code().equals(request.type()))
                .anyMatch(type -> erasures.readmit(type, request.value(), request.reason()));
        if (!readmitted) throw Problem.notFound("not_erased", "this identifier is not one of somebody who was erased");
    }
}
