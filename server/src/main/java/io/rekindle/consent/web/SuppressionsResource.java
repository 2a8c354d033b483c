package io.rekindle.consent.web;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.common.Page;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.platform.Problem;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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

/** Addresses nobody may write to. The lists show hashes; whether an address is on one is asked by the address. */
@RestController
@RequestMapping("/api/suppressions")
class SuppressionsResource {
    private static final int MOST_AT_ONCE = 100_000;

    private final Suppressions suppressions;
    private final AuditTrail audit;
    private final AccessLog accesses;

    SuppressionsResource(Suppressions suppressions, AuditTrail audit, AccessLog accesses) {
        this.suppressions = suppressions;
        this.audit = audit;
        this.accesses = accesses;
    }

    /** @param topic absent: of everything */
    record SuppressionRequest(
            @Nullable String channel,
            @Nullable String address,
            Suppression.@Nullable Reason reason,
            @Nullable String topic,
            @Nullable String note) {}

    /** Many addresses for one reason; at most 100,000. */
    record SuppressionImport(
            @Nullable String channel,
            @Nullable List<String> addresses,
            Suppression.@Nullable Reason reason,
            @Nullable String topic,
            @Nullable String note) {}

    /**
     * An entry; {@code id} is the keyed hash of the address in decimal.
     *
     * @param note null where there is none, and to those who may not see personal data: it may tell of a person
     * @param hasNote whether there is one
     */
    record SuppressionView(
            String id,
            String channel,
            String reason,
            @Nullable String topic,
            @Nullable String note,
            boolean hasNote,
            String source,
            Instant at) {
        static SuppressionView of(Suppression s, boolean inClear) {
            return new SuppressionView(
                    Long.toString(s.addressHash()),
                    s.channel(),
                    s.reason().code(),
                    s.topic(),
                    inClear ? s.note() : null,
                    s.note() != null,
                    s.source(),
                    s.at());
        }
    }

    /** One page of a channel's lists. */
    @GetMapping
    @PreAuthorize("hasRole('ANALYST')")
    public Page<SuppressionView> list(
            @RequestParam(defaultValue = Permissions.EMAIL) String channel,
            @RequestParam @Nullable String reason,
            @RequestParam @Nullable String topic,
            @RequestParam @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        var page = suppressions.page(channel, reason(reason), topic, cursor, limit);
        return new Page<>(view(page.items()), page.nextCursor());
    }

    /** @param channel email (default) or sms */
    record SuppressionSearch(
            @Nullable String channel, @Nullable String address) {}

    /** Every entry of an address. The address travels in the body: in a URL it would stand in logs. */
    @PostMapping("/search")
    @PreAuthorize("hasRole('ANALYST')")
    public Page<SuppressionView> searchAddress(@RequestBody SuppressionSearch request) {
        var address = request.address();
        if (address == null || address.isBlank())
            throw Problem.invalid("address_missing", "name the address to look for in 'address'");
        var channel = request.channel() == null ? Permissions.EMAIL : request.channel();
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        return new Page<>(view(suppressions.find(channel, suppressions.addressHash(channel, address))), null);
    }

    /** How long the lists of a channel are, by reason. */
    @GetMapping("/counts")
    @PreAuthorize("hasRole('ANALYST')")
    public List<Suppressions.Count> counts(@RequestParam(defaultValue = Permissions.EMAIL) String channel) {
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        return suppressions.counts(channel);
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
        var reason = request.reason() == null ? Suppression.Reason.MANUAL : request.reason();
        var made = suppressions.add(
                channel,
                address,
                reason,
                request.topic(),
                request.note(),
                "by " + Caller.current().name());
        audit.record("suppression.added", "address " + made.addressHash(), words(channel, made));
        return view(List.of(made)).getFirst();
    }

    /** Puts many addresses on the list of a reason; rows that hold none are told by number. */
    @PostMapping("/import")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public Suppressions.Imported add(@RequestBody SuppressionImport request) {
        var addresses = request.addresses();
        if (addresses == null || addresses.isEmpty())
            throw Problem.invalid("address_missing", "a suppression needs the address nobody may write to");
        if (addresses.size() > MOST_AT_ONCE)
            throw Problem.invalid("too_many_addresses", "at most {most} addresses at once; send the rest after them")
                    .with("most", MOST_AT_ONCE);
        var channel = request.channel() == null ? Permissions.EMAIL : request.channel();
        var reason = request.reason() == null ? Suppression.Reason.MANUAL : request.reason();
        var done = suppressions.add(
                channel,
                addresses,
                reason,
                request.topic(),
                request.note(),
                "imported by " + Caller.current().name());
        audit.record(
                "suppression.imported",
                "suppressions by " + channel,
                "%s: %d rows, %d new, %d without an address"
                        .formatted(
                                reason.code(),
                                done.rows(),
                                done.added(),
                                done.faults().size()));
        return done;
    }

    /** Takes an address off, of one reason and topic or of all. What a law says only an administrator takes off. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public void remove(
            @Parameter(schema = @Schema(type = "string")) @PathVariable long id,
            @RequestParam(defaultValue = Permissions.EMAIL) String channel,
            @RequestParam @Nullable String reason,
            @RequestParam @Nullable String topic) {
        Problem.requireOneOf("channel", channel, Suppressions.CHANNELS);
        var removed = suppressions.remove(channel, id, reason(reason), topic);
        if (removed.isEmpty())
            throw Problem.notFound("suppression_not_found", "address {id} is not on the list of {channel}")
                    .with("id", id)
                    .with("channel", channel);
        boolean legal = removed.stream().anyMatch(s -> s.reason() == Suppression.Reason.LEGAL);
        if (legal && !Caller.current().roles().contains(Role.ADMIN))
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "suppression_legal",
                    "the address is on the list for a legal reason; an administrator takes it off");
        for (var entry : removed) audit.record("suppression.removed", "address " + id, words(channel, entry));
    }

    private static String words(String channel, Suppression entry) {
        return "%s, %s%s"
                .formatted(
                        channel, entry.reason().code(), entry.topic() == null ? "" : ", only about " + entry.topic());
    }

    private static Suppression.@Nullable Reason reason(@Nullable String code) {
        Problem.requireOneOf(
                "reason",
                code,
                Arrays.stream(Suppression.Reason.values())
                        .map(Suppression.Reason::code)
                        .toList());
        return code == null ? null : Suppression.Reason.of(code);
    }

    /** Notes may tell of a person: who is shown one stands in the log of accesses. */
    private List<SuppressionView> view(List<Suppression> entries) {
        boolean inClear = accesses.showsClear(Caller.current());
        if (inClear && entries.stream().anyMatch(entry -> entry.note() != null))
            accesses.lookedAtSomebody("suppression notes");
        return entries.stream().map(entry -> SuppressionView.of(entry, inClear)).toList();
    }
}
