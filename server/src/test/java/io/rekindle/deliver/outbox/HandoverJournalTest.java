package io.rekindle.deliver.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.deliver.outbox.HandoverJournal.Fate;
import io.rekindle.testing.TestFolders;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandoverJournalTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");
    private final Path folder = TestFolders.newFolder("journal");

    @BeforeEach
    void theSystemTellsItsStartsApart() {
        assumeTrue(Boot.id() != null, "this system does not tell its starts apart: journals count for nothing here");
    }

    @Test
    void itTellsTheNextStartHowFarEachAttemptCame() throws Exception {
        try (var journal = HandoverJournal.open(folder, 5, 40)) {
            journal.begin(-1, 1);
            journal.accepted(journal.begin(2, 3), NOON);
            journal.notTaken(journal.begin(Long.MIN_VALUE, 1));
            int written = journal.begin(4, 1);
            journal.accepted(written, NOON);
            journal.committed(41);
            journal.forget(written);
        }
        var past = HandoverJournal.past(folder, 6, 41);
        assertThat(past.of(5, -1, 1)).isEqualTo(new Fate.Begun());
        assertThat(past.of(5, 2, 3)).isEqualTo(new Fate.Accepted(NOON));
        assertThat(past.of(5, Long.MIN_VALUE, 1)).isEqualTo(new Fate.NotTaken());
        assertThat(past.of(5, 2, 2)).as("another attempt").isEqualTo(new Fate.NotBegun());
        assertThat(past.of(5, 7, 1)).as("marked and never begun").isEqualTo(new Fate.NotBegun());
        assertThat(past.of(4, 7, 1)).as("a start without a journal").isEqualTo(new Fate.Unknown());
    }

    @Test
    void oneOfBeforeTheMachineStartedTellsNothing() throws Exception {
        HandoverJournal.open(folder, 5, 0).close();
        change(folder.resolve("5.handovers"), 16, 0x1234);
        assertThat(HandoverJournal.past(folder, 6, 0).of(5, 1, 1)).isEqualTo(new Fate.Unknown());
    }

    /** An ending that was written down and is not any more: the slot it had is free, as if it had never been begun. */
    @Test
    void oneThatKnowsOfMoreThanTheDatabaseTellsNothing() {
        try (var journal = HandoverJournal.open(folder, 5, 40)) {
            journal.committed(42);
        }
        HandoverJournal.open(folder, 4, 30).close();
        var past = HandoverJournal.past(folder, 6, 41);
        assertThat(past.of(5, 1, 1)).isEqualTo(new Fate.Unknown());
        assertThat(past.of(4, 1, 1)).isEqualTo(new Fate.Unknown());
    }

    @Test
    void aDatabaseThatCountsItsStartsAnewIsOfAnEarlierTimeToo() {
        HandoverJournal.open(folder, 5, 0).close();
        HandoverJournal.open(folder, 6, 0).close();
        assertThat(HandoverJournal.past(folder, 6, 0).of(5, 1, 1)).isEqualTo(new Fate.Unknown());
        assertThat(folder.resolve("6.handovers")).doesNotExist();
    }

    @Test
    void whoIsStillAtWorkIsNotReadByAnother() {
        try (var journal = HandoverJournal.open(folder, 5, 0)) {
            assertThat(HandoverJournal.past(folder, 6, 0).of(5, 1, 1)).isEqualTo(new Fate.Unknown());
            journal.committed(1);
        }
    }

    @Test
    void aFileThatIsNoJournalTellsNothing() throws IOException {
        Files.write(folder.resolve("5.handovers"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("notes.handovers"), new byte[] {1, 2, 3});
        assertThat(HandoverJournal.past(folder, 6, 0).of(5, 1, 1)).isEqualTo(new Fate.Unknown());
    }

    @Test
    void oldOnesAreDeleted() {
        HandoverJournal.open(folder, 5, 0).close();
        HandoverJournal.past(folder, 40, 0);
        assertThat(folder.resolve("5.handovers")).doesNotExist();
    }

    @Test
    void whoFindsItFullWaitsUntilAnEndIsWrittenDown() throws Exception {
        try (var journal = HandoverJournal.open(folder, 5, 0)) {
            for (int n = 0; n < HandoverJournal.SLOTS; n++) journal.begin(n, 1);
            var one = CompletableFuture.supplyAsync(() -> {
                try {
                    return journal.begin(-1, 1);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            TimeUnit.MILLISECONDS.sleep(Duration.ofMillis(50).toMillis());
            assertThat(one).isNotDone();
            journal.forget(17);
            assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo(17);
        }
    }

    private static void change(Path file, long at, long value) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            bytes.writeLong(value);
        }
    }
}
