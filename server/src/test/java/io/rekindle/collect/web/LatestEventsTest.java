package io.rekindle.collect.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.Sources;
import io.rekindle.collect.log.CommitLog;
import io.rekindle.collect.log.StagedEvent;
import io.rekindle.platform.BusinessClock;
import io.rekindle.testing.RekindleTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who watches a source sees its last events, and the history is not read as a whole for that. */
@RekindleTest
class LatestEventsTest {
    private static final long MUCH_SINCE = 1_000_000;

    private final LatestEvents latest;
    private final CommitLog log;
    private final Sources sources;
    private final Identifiers identifiers;
    private final BusinessClock clock;
    private final String mark = UUID.randomUUID().toString();

    LatestEventsTest(
            @Autowired LatestEvents latest,
            @Autowired CommitLog log,
            @Autowired Sources sources,
            @Autowired Identifiers identifiers,
            @Autowired BusinessClock clock) {
        this.latest = latest;
        this.log = log;
        this.sources = sources;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    @Test
    void eventsFarFromTheEndAreThoseOfTheLastFourWeeks() {
        int source = sources.create(mark, List.of()).id();
        append(source, "old", Duration.ofDays(29));
        append(source, "quiet", Duration.ofDays(20));
        long last = log.lastSeq();
        assertThat(shown(source, 0, last)).as("near the end, however old").containsExactly("quiet", "old");
        assertThat(shown(source, 0, last + MUCH_SINCE)).containsExactly("quiet");
        assertThat(shown(source, last, last + MUCH_SINCE)).as("who follows").isEmpty();
        append(source, "new", Duration.ZERO);
        assertThat(shown(source, last, log.lastSeq())).containsExactly("new");
    }

    private List<String> shown(int source, long after, long last) {
        return latest.after(source, after, last, 50).stream()
                .map(one -> one.messageId().substring(mark.length() + 1))
                .toList();
    }

    private void append(int source, String name, Duration ago) {
        var at = clock.instant().minus(ago);
        var who = identifiers.of(Identifier.Type.ANONYMOUS_ID, mark).orElseThrow();
        var message = mark + "-" + name;
        log.append(
                List.of(new StagedEvent(
                        log.fingerprint(source, message),
                        at,
                        at,
                        source,
                        null,
                        EventType.TRACK,
                        "Seen",
                        who.id().value(),
                        List.of(who),
                        message,
                        null,
                        null,
                        null,
                        null,
                        false)),
                List.of());
    }
}
