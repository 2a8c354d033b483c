package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenMessagesTest {
    /** The key 00 01 … 0f of the reference implementation's test vectors. */
    private static final Fingerprint.Key KEY = new Fingerprint.Key(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void theFingerprintOfNothingIsThatOfTheReferenceImplementation() {
        assertThat(hex(Fingerprint.of(KEY, new byte[0]))).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    }

    @Test
    void theFingerprintOfOneZeroByteIsThatOfTheReferenceImplementation() {
        assertThat(hex(Fingerprint.of(KEY, new byte[1]))).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    /** Ten ids a second, a thousand in memory, a window of a thousand seconds: ten generations on disk. */
    @Test
    void everyIdOfTheWindowIsKnownAndMemoryAndDiskAreBounded(@TempDir Path folder) throws Exception {
        var window = Duration.ofSeconds(1_000);
        int many = 60_000;
        try (var seen = new SeenMessages(1_000, 1_000_000, window, folder, KEY)) {
            for (int i = 0; i < many; i++) {
                assertThat(seen.contains(id(i))).as("id %d before it came", i).isFalse();
                seen.add(id(i), i + 1, at(i));
            }
            for (int i = many - 10_000; i < many; i++)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
            assertThat(seen.since()).isBefore(at(many - 10_000)).isAfter(at(many - 13_000));
            assertThat(seen.contains(id(10))).as("long past the window").isFalse();
            assertThat(files(folder)).isBetween(9L, 13L);
        }
    }

    /** What was given back is new again; what was settled is not, whatever was given back around it. */
    @Test
    void whatIsGivenBackWasNeverThere(@TempDir Path folder) {
        var random = new SplittableRandom(11);
        var known = new HashSet<Integer>();
        long seq = 0;
        try (var seen = new SeenMessages(1_000, 1_000_000, Duration.ofDays(1), folder, KEY)) {
            for (int group = 0; group < 400; group++) {
                seen.makeRoom();
                var taken = new ArrayList<Integer>();
                for (int i = 0; i < 50; i++) {
                    int id = random.nextInt(20_000);
                    boolean isNew = !known.contains(id) && !taken.contains(id);
                    assertThat(seen.take(id(id))).isEqualTo(isNew);
                    if (isNew) taken.add(id);
                }
                if (random.nextInt(3) == 0) {
                    for (int id : taken) seen.giveBack(id(id));
                } else {
                    for (int id : taken) seen.settled(id(id), ++seq, at(seq));
                    known.addAll(taken);
                }
            }
            assertThat(seen.known()).isEqualTo(known.size());
            for (int id = 0; id < 20_000; id++)
                assertThat(seen.contains(id(id))).as("id %d", id).isEqualTo(known.contains(id));
        }
    }

    @Test
    void aSetThatIsTakenFromHoldsWhatAHashSetHolds() {
        var random = new SplittableRandom(5);
        var set = new FingerprintSet();
        var known = new HashSet<Fingerprint>();
        for (int i = 0; i < 200_000; i++) {
            // Few places, so that searches run into each other and round the end of the table.
            var f = new Fingerprint(random.nextInt(64) - 32, 1 + random.nextInt(40));
            if (random.nextBoolean()) assertThat(set.add(f)).isEqualTo(known.add(f));
            else assertThat(set.remove(f)).isEqualTo(known.remove(f));
            if (i % 1_000 == 0)
                for (int high = -32; high < 32; high++)
                    for (int low = 1; low <= 40; low++) {
                        var one = new Fingerprint(high, low);
                        assertThat(set.contains(one)).isEqualTo(known.contains(one));
                    }
        }
        assertThat(set.size()).isEqualTo(known.size());
    }

    /** However often the server ends, orderly or not, whatever the files lack is read from the history. */
    @Test
    void theNextStartKnowsWhatTheLastOneKnew(@TempDir Path folder) throws Exception {
        var window = Duration.ofSeconds(20_000);
        var random = new SplittableRandom(3);
        int came = 0;
        int killed = 0;
        for (int start = 0; start < 12; start++) {
            var seen = new SeenMessages(1_000, 100_000, window, folder, KEY);
            long upTo = seen.begin(came, run -> run.end().equals(id(Math.toIntExact(run.toSeq()) - 1)));
            if (start > 0) assertThat(came - upTo).isBetween(0L, 2_000L);
            for (long i = upTo; i < came; i++) seen.add(id((int) i), i + 1, at(i));
            assertThat(seen.since()).isEqualTo(Instant.MIN);
            for (int i = 0; i < came; i++)
                assertThat(seen.contains(id(i)))
                        .as("id %d of %d at start %d", i, came, start)
                        .isTrue();
            assertThat(seen.known()).isEqualTo(came);
            int more = came + random.nextInt(8_000);
            for (; came < more; came++) {
                assertThat(seen.contains(id(came)))
                        .as("id %d before it came", came)
                        .isFalse();
                seen.add(id(came), came + 1, at(came));
            }
            if (random.nextBoolean()) seen.close();
            else {
                // Nothing of a killed process goes on writing, but half a file may be left.
                seen.awaitWriting();
                Files.write(folder.resolve("ids-%d-%d.part".formatted(came, came + 999)), new byte[100]);
                killed++;
            }
        }
        assertThat(killed).isBetween(2, 10);
        assertThat(files(folder))
                .as("%d ids in runs of like size, merged", came)
                .isLessThan(20);
    }

    @Test
    void filesOfAnotherHistoryOrKeyOrCutShortAreNotBelieved(@TempDir Path folder) throws Exception {
        fill(folder, 5_500);
        try (var seen = new SeenMessages(1_000, 100_000, Duration.ofDays(9), folder, KEY)) {
            assertThat(seen.begin(3_000, run -> true))
                    .as("the history ends before")
                    .isEqualTo(3_000);
        }
        fill(folder, 5_500);
        try (var seen = new SeenMessages(1_000, 100_000, Duration.ofDays(9), folder, KEY)) {
            assertThat(seen.begin(5_500, run -> false)).isZero();
        }
        assertThat(files(folder)).isZero();
        fill(folder, 5_500);
        try (var seen = new SeenMessages(1_000, 100_000, Duration.ofDays(9), folder, new Fingerprint.Key(1, 2))) {
            assertThat(seen.begin(5_500, run -> true)).isZero();
        }
        fill(folder, 5_500);
        try (var files = Files.list(folder)) {
            for (var file : files.toList())
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(channel.size() - 8);
                }
        }
        try (var seen = new SeenMessages(1_000, 100_000, Duration.ofDays(9), folder, KEY)) {
            assertThat(seen.begin(5_500, run -> true)).isZero();
        }
    }

    private static void fill(Path folder, int many) throws IOException {
        try (var old = Files.list(folder)) {
            for (var file : old.toList()) Files.delete(file);
        }
        // A window whose eighth is too short to merge in.
        try (var seen = new SeenMessages(1_000, 100_000, Duration.ofSeconds(1_000), folder, KEY)) {
            for (int i = 0; i < many; i++) seen.add(id(i), i + 1, at(i));
        }
    }

    @Test
    void whereTheDiskMayNotHoldTheWindowTheTimeThatIsKnownIsTold(@TempDir Path folder) {
        try (var seen = new SeenMessages(1_000, 3_000, Duration.ofDays(1), folder, KEY)) {
            for (int i = 0; i < 20_000; i++) seen.add(id(i), i + 1, at(i));
            for (int i = 19_999; i > 16_999; i--)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
            assertThat(seen.since()).isAfter(at(14_000)).isBefore(at(17_000));
            for (int i = 0; i < 20_000; i++)
                if (at(i).isAfter(seen.since()))
                    assertThat(seen.contains(id(i)))
                            .as("id %d, since %s", i, seen.since())
                            .isTrue();
        }
    }

    @Test
    void asManyAsMemoryHoldsAreKnownHoweverOldTheyAre(@TempDir Path folder) {
        try (var seen = new SeenMessages(1_000, 0, Duration.ofMinutes(1), folder, KEY)) {
            for (int i = 0; i < 2_500; i++) seen.add(id(i), i + 1, at(1_000L * i));
            for (int i = 1_500; i < 2_500; i++)
                assertThat(seen.contains(id(i))).as("id %d", i).isTrue();
        }
    }

    private static Instant at(long i) {
        return Instant.parse("2026-03-01T09:00:00Z").plusMillis(100 * i);
    }

    private static long files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void anIdOfAnotherSourceIsAnotherId() {
        assertThat(Fingerprint.of(KEY, 1, "m")).isNotEqualTo(Fingerprint.of(KEY, 2, "m"));
    }

    private static Fingerprint id(int i) {
        return Fingerprint.of(KEY, 1, "message-" + i);
    }

    private static String hex(Fingerprint f) {
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(f.high())
                        .putLong(f.low())
                        .array());
    }
}
