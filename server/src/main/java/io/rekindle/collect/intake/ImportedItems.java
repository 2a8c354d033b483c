package io.rekindle.collect.intake;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.IntakeSettings;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tombstones;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import org.springframework.stereotype.Component;

/**
 * The intake's door for what files say: an item is read, checked and freed of personal fields as if a client had sent it.
 * Only its message id and its import are the import's own.
 */
@Component
public class ImportedItems {
    private final Sources.Source source;
    private final Identifiers identifiers;
    private final CommitLog log;
    private final Vault vault;
    private final Tombstones tombstones;
    private final BusinessClock clock;
    private final PersonalFields fields;
    private final String currency;

    ImportedItems(
            Sources sources,
            Identifiers identifiers,
            CommitLog log,
            Vault vault,
            Tombstones tombstones,
            BusinessClock clock,
            IntakeSettings settings,
            PlatformSettings platform) {
        this.source = sources.named(Sources.IMPORT);
        this.identifiers = identifiers;
        this.log = log;
        this.vault = vault;
        this.tombstones = tombstones;
        this.clock = clock;
        this.currency = platform.currency();
        var more = new ArrayList<>(settings.morePersonalFields());
        more.addAll(source.personalFields());
        this.fields = new PersonalFields(more);
    }

    /** What the intake makes of an item. */
    public sealed interface Outcome {}

    /** An event fit for the log. */
    public record Fit(StagedEvent event) implements Outcome {}

    /** Why it takes no such item, with a stable reason. */
    public record Unfit(String reason, String detail) implements Outcome {}

    /** Takes one JSON object of a type as an import's. */
    public Outcome take(byte[] item, EventType type, long importId, String messageId) {
        try {
            var staged = BatchReader.read(item, type, fields)
                    .stage(
                            source,
                            null,
                            clock.instant().truncatedTo(ChronoUnit.MICROS),
                            identifiers,
                            log,
                            vault,
                            tombstones,
                            currency);
            var events = staged.call().events();
            if (!events.isEmpty())
                return new Fit(
                        events.getFirst().ofImport(importId, messageId, log.fingerprint(source.id(), messageId)));
            var fate = staged.items().getFirst();
            return new Unfit(String.valueOf(fate.reason()), String.valueOf(fate.detail()));
        } catch (IntakeFailure e) {
            return new Unfit(e.code(), String.valueOf(e.getMessage()));
        }
    }
}
