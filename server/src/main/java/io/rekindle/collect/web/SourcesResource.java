package io.rekindle.collect.web;

import io.rekindle.access.AccessLog;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.SourceRules;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.collect.intake.Refusals;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sources, their keys, their counters, and what of theirs could not be used. */
@RestController
@RequestMapping("/api")
class SourcesResource {
    private final Sources sources;
    private final RejectedItems rejected;
    private final CommitLog log;
    private final Tails tails;
    private final IntakeSettings settings;
    private final BusinessClock clock;
    private final LatestEvents latest;
    private final Refusals refusals;

    SourcesResource(
            Sources sources,
            JdbcClient jdbc,
            io.rekindle.platform.Vault vault,
            CommitLog log,
            Tails tails,
            IntakeSettings settings,
            BusinessClock clock,
            LatestEvents latest,
            Refusals refusals,
            AccessLog accesses) {
        this.latest = latest;
        this.refusals = refusals;
        this.settings = settings;
        this.clock = clock;
        this.sources = sources;
        this.rejected = new RejectedItems(jdbc, vault, accesses);
        this.log = log;
        this.tails = tails;
    }

    /**
     * @param accepted events of it in the log
     * @param duplicates items left out because their message id was seen before
     * @param rejected distinct items that could not be used
     * @param rejectedTimes how often any of them came
     * @param refusedCalls calls refused as a whole since the server started, by reason
     * @param pausedAt since when nothing is taken in; null: it is
     */
    record SourceAnswer(
            int id,
            String name,
            List<String> personalFields,
            SourceRules rules,
            @Nullable Instant pausedAt,
            Instant createdAt,
            long accepted,
            long duplicates,
            long rejected,
            long rejectedTimes,
            Map<String, Long> refusedCalls,
            List<Sources.WriteKey> keys) {}

    record NewSource(String name, @Nullable List<String> personalFields) {}

    record NewKeyAnswer(long id, String secret) {}

    @GetMapping("/sources")
    @PreAuthorize("hasRole('VIEWER')")
    Page<SourceAnswer> list() {
        return new Page<>(sources.list().stream().map(this::answer).toList(), null);
    }

    @GetMapping("/sources/{id}")
    @PreAuthorize("hasRole('VIEWER')")
    SourceAnswer get(@PathVariable int id) {
        return answer(sources.get(id));
    }

    /** A source just made; the secret of its first key is in this answer and never again. */
    record NewSourceAnswer(SourceAnswer source, String secret) {}

    @PostMapping("/sources")
    @PreAuthorize("hasRole('ADMIN')")
    @ResponseStatus(HttpStatus.CREATED)
    NewSourceAnswer create(@RequestBody NewSource source) {
        var made = sources.create(source.name(), source.personalFields() == null ? List.of() : source.personalFields());
        var key = sources.createKey(made.id());
        return new NewSourceAnswer(answer(made), key.secret());
    }

    /** The secret is in this answer and never again. */
    @PostMapping("/sources/{id}/keys")
    @PreAuthorize("hasRole('ADMIN')")
    @ResponseStatus(HttpStatus.CREATED)
    NewKeyAnswer createKey(@PathVariable int id) {
        var made = sources.createKey(id);
        return new NewKeyAnswer(made.id(), made.secret());
    }

    @DeleteMapping("/sources/{id}/keys/{keyId}")
    @PreAuthorize("hasRole('ADMIN')")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revokeKey(@PathVariable int id, @PathVariable long keyId) {
        sources.revokeKey(id, keyId);
    }

    /** @param personalFields field names, beyond the settings', whose values never enter the history */
    record SourceChange(List<String> personalFields, SourceRules rules) {}

    /** What the source may send, from where and how fast, from now on. */
    @PutMapping("/sources/{id}")
    @PreAuthorize("hasRole('ADMIN')")
    SourceAnswer change(@PathVariable int id, @RequestBody SourceChange change) {
        return answer(sources.change(id, change.personalFields(), change.rules()));
    }

    /** Nothing is taken in from now on: clients are answered 429 and told to come back. */
    @PostMapping("/sources/{id}/pause")
    @PreAuthorize("hasRole('ADMIN')")
    SourceAnswer pause(@PathVariable int id) {
        return answer(sources.pause(id));
    }

    @PostMapping("/sources/{id}/resume")
    @PreAuthorize("hasRole('ADMIN')")
    SourceAnswer resume(@PathVariable int id) {
        return answer(sources.resume(id));
    }

    /**
     * The last events of a source.
     *
     * @param upTo the place in the log up to which was looked: who follows gives it as {@code after} next time
     */
    record Latest(List<LatestEvents.Shown> items, long upTo) {}

    /**
     * The last events of a source, latest first, as the history holds them: without personal data. Of one that was quiet for
     * long, those of the last four weeks.
     *
     * @param after the place in the log after which to look, for who follows
     */
    @GetMapping("/sources/{id}/events")
    @PreAuthorize("hasRole('ANALYST')")
    Latest events(
            @PathVariable int id,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "50") int limit) {
        long upTo = log.lastSeq();
        return new Latest(latest.after(sources.get(id).id(), after, upTo, limit), upTo);
    }

    /** Items that could not be used, those that came last first; the item itself only for who may see personal data. */
    @GetMapping("/sources/{id}/rejected")
    @PreAuthorize("hasRole('ANALYST')")
    Page<RejectedItems.Shown> rejected(
            @PathVariable int id,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return rejected.latest(sources.get(id).id(), cursor, limit);
    }

    /** How far each reader of the log has come. */
    @GetMapping("/tails")
    @PreAuthorize("hasRole('VIEWER')")
    Page<Tails.Lag> tails() {
        return new Page<>(tails.lags(), null);
    }

    /**
     * Over which time a repeated message id is recognised.
     *
     * @param windowSeconds what is promised
     * @param since from when on every id is known; null when from the beginning
     * @param kept whether that is the whole window: if not, raise {@code rekindle.collect.message-ids-on-disk}
     */
    record MessageIdWindow(long windowSeconds, @Nullable Instant since, boolean kept) {}

    /** Over which time a repeated message id is recognised. */
    @GetMapping("/message-ids")
    @PreAuthorize("hasRole('VIEWER')")
    MessageIdWindow messageIds() {
        var window = settings.messageIdWindow();
        var since = log.messageIdsSince();
        boolean kept = since.isEmpty() || !since.get().isAfter(clock.instant().minus(window));
        return new MessageIdWindow(window.toSeconds(), since.orElse(null), kept);
    }

    private SourceAnswer answer(Sources.Source source) {
        return new SourceAnswer(
                source.id(),
                source.name(),
                source.personalFields(),
                source.rules(),
                source.pausedAt(),
                source.createdAt(),
                log.accepted(source.id()),
                rejected.duplicates(source.id()),
                rejected.count(source.id()),
                rejected.times(source.id()),
                refusals.of(source.id()),
                sources.keys(source.id()));
    }
}
