package io.rekindle.consent.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.platform.Problem;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Addresses nobody may write to. The list shows hashes; whether an address is on it is asked by the address. */
@RestController
@RequestMapping("/api/suppressions")
class SuppressionsResource {
    private final Suppressions suppressions;
    private final AuditTrail audit;

    SuppressionsResource(Suppressions suppressions, AuditTrail audit) {
        this.suppressions = suppressions;
        this.audit = audit;
    }

    record SuppressionRequest(
            @Nullable String channel, @Nullable String address) {}

    /** An entry; {@code id} is the keyed hash of the address in decimal. */
    record SuppressionView(String id, String channel, String reason, String source, Instant at) {
        static SuppressionView of(Suppression s) {
            return new SuppressionView(
                    Long.toString(s.addressHash()), s.channel(), s.reason().code(), s.source(), s.at());
        }
    }

    /** One page of a channel's list, or with {@code address} the entry of that address. */
    @GetMapping
    @PreAuthorize("hasRole('ANALYST')")
    public Page<SuppressionView> list(
            @RequestParam(defaultValue = Permissions.EMAIL) String channel,
            @RequestParam Optional<String> address,
            @RequestParam(defaultValue = "-9223372036854775808") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        if (address.isPresent())
            return new Page<>(
                    suppressions.find(channel, suppressions.addressHash(channel, address.get())).stream()
                            .map(SuppressionView::of)
                            .toList(),
                    null);
        var page = suppressions.page(channel, cursor, limit);
        return new Page<>(view(page.items()), page.nextCursor());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public SuppressionView add(@RequestBody SuppressionRequest request) {
        var address = request.address();
        if (address == null || address.isBlank())
            throw Problem.invalid("address_missing", "a suppression needs the address nobody may write to");
        var channel = request.channel() == null ? Permissions.EMAIL : request.channel();
        var made = suppressions.add(channel, address, "by " + Caller.current().name());
        audit.record("suppression.added", "address " + made.addressHash(), channel);
        return SuppressionView.of(made);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public void remove(
            @Parameter(schema = @Schema(type = "string")) @PathVariable long id,
            @RequestParam(defaultValue = Permissions.EMAIL) String channel) {
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        if (!suppressions.remove(channel, id))
            throw Problem.notFound("suppression_not_found", "address {id} is not on the list of {channel}")
                    .with("id", id)
                    .with("channel", channel);
        audit.record("suppression.removed", "address " + id, channel);
    }

    private static List<SuppressionView> view(List<Suppression> suppressions) {
        return suppressions.stream().map(SuppressionView::of).toList();
    }
}
