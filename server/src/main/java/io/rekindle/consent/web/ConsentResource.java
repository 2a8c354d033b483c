package io.rekindle.consent.web;

import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.consent.Confirmations;
import io.rekindle.consent.Consent;
import io.rekindle.consent.Consents;
import io.rekindle.consent.Declaration;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Preferences;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Permission of one customer, set by hand. */
@RestController
@RequestMapping("/api/customers/{id}")
class ConsentResource {
    private final Consents consents;
    private final Preferences preferences;
    private final Confirmations confirmations;
    private final Profiles profiles;
    private final AuditTrail audit;
    private final AccessLog accesses;

    ConsentResource(
            Consents consents,
            Preferences preferences,
            Confirmations confirmations,
            Profiles profiles,
            AuditTrail audit,
            AccessLog accesses) {
        this.consents = consents;
        this.preferences = preferences;
        this.confirmations = confirmations;
        this.profiles = profiles;
        this.audit = audit;
        this.accesses = accesses;
    }

    /**
     * What the customer says.
     *
     * @param topic absent: of everything
     * @param wording the version of what was asked, e.g. newsletter@3; one that is kept here
     * @param language in which it was asked
     * @param proof what shows it; kept sealed
     * @param toConfirm true: the customer is asked by mail, and it holds when it was confirmed there
     */
    record ConsentRequest(
            @Nullable String purpose,
            @Nullable String channel,
            @Nullable Boolean granted,
            @Nullable String topic,
            @Nullable String wording,
            @Nullable String language,
            @Nullable String proof,
            @Nullable Boolean toConfirm) {}

    /** What holds, what waits for the customer to confirm it, and everything that was said with a wording or a proof, latest first. */
    record ConsentView(List<Consent> items, List<Waiting> waiting, List<Consents.Evidence> evidence) {}

    /** An agreement that waits for its confirmation. */
    record Waiting(String purpose, String channel, @Nullable String topic, Instant askedAt, Instant expiresAt) {}

    @GetMapping("/consent")
    @PreAuthorize("hasRole('PLANNER')")
    ConsentView get(@PathVariable CustomerId id) {
        requireKnown(id);
        return new ConsentView(
                consents.of(id),
                confirmations.openOf(id).stream()
                        .map(c -> new Waiting(c.purpose(), c.channel(), c.topic(), c.askedAt(), c.expiresAt()))
                        .toList(),
                shown(id));
    }

    /** Proofs are a person's own words: who is shown them stands in the log of accesses. */
    private List<Consents.Evidence> shown(CustomerId id) {
        var evidence = consents.evidenceOf(id);
        if (evidence.stream().noneMatch(Consents.Evidence::hasProof)) return evidence;
        boolean inClear = accesses.showsClear(Caller.current());
        accesses.looked(Map.of(id, inClear ? Set.of("consent.proof") : Set.of()));
        return inClear
                ? evidence
                : evidence.stream().map(Consents.Evidence::masked).toList();
    }

    /** Answers everything the customer has said since. Problems: customer_not_found, consent_incomplete, topic_not_found, wording_not_found, asked_often_enough, *_invalid. */
    @PutMapping("/consent")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public Page<Consent> set(@PathVariable CustomerId id, @RequestBody ConsentRequest request) {
        var purpose = request.purpose();
        var channel = request.channel();
        var granted = request.granted();
        if (purpose == null || channel == null || granted == null)
            throw Problem.invalid("consent_incomplete", "a consent needs purpose, channel and granted");
        requireKnown(id);
        var saying = new Declaration(
                purpose,
                channel,
                request.topic(),
                granted,
                "by " + Caller.current().name(),
                request.wording(),
                request.language(),
                request.proof());
        boolean toConfirm = granted && Boolean.TRUE.equals(request.toConfirm());
        if (toConfirm && !channel.equals(Permissions.EMAIL))
            throw Problem.invalid(
                            "confirmation_by_mail_only",
                            "only an agreement to mail can be confirmed by mail, not to {channel}")
                    .with("channel", channel);
        if (toConfirm && confirmations.ask(id, saying) == Confirmations.Asked.OFTEN_ENOUGH)
            throw Problem.conflict(
                    "asked_often_enough",
                    "this address was asked as often as an address is asked in a day, or in 30 days when nobody answers; try again later");
        if (!toConfirm) consents.say(id, saying);
        if (granted && !toConfirm) confirmations.vouch(id, channel);
        audit.record(
                "consent.set",
                "customer " + id,
                "%s by %s%s: %s"
                        .formatted(
                                purpose,
                                channel,
                                request.topic() == null ? "" : " about " + request.topic(),
                                toConfirm ? "asked to confirm" : granted ? "granted" : "withdrawn"));
        return new Page<>(consents.of(id), null);
    }

    /** The address of the customer's own preference page. */
    record PreferenceLink(String url) {}

    /** Gives out the link to the customer's preference page: whoever has it can change what the customer gets. */
    @PostMapping("/preference-link")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public PreferenceLink link(@PathVariable CustomerId id) {
        requireKnown(id);
        audit.record("consent.link_given", "customer " + id, "the link to the preference page");
        return new PreferenceLink(preferences.url(id));
    }

    private void requireKnown(CustomerId id) {
        if (!profiles.exists(id))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", id);
    }
}
