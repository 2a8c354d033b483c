package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class RecentEventsTest {
    private long fetched;

    @Test
    void everyReaderGetsExactlyItsRunWhateverTheOthersAskFor() {
        var random = new Random(1);
        var recent = new RecentEvents();
        long[] readers = {0, 0, 0, 0, 0};
        long end = 0;
        for (int step = 0; step < 3_000; step++) {
            end += random.nextInt(200);
            int reader = random.nextInt(readers.length);
            // One reader hardly ever gets its turn: it falls far behind.
            if (reader == 4 && random.nextInt(100) > 0) continue;
            long to = Math.min(end, readers[reader] + 1 + random.nextInt(5_000));
            if (to == readers[reader]) continue;
            long from = readers[reader] + 1;
            var events = recent.read(from, to, this::fetch);
            assertThat(events.stream().mapToLong(LoggedEvent::seq).toArray())
                    .isEqualTo(LongStream.rangeClosed(from, to).toArray());
            readers[reader] = to;
        }
    }

    @Test
    void readersOfTheSameEventsShareOneRead() {
        var recent = new RecentEvents();
        for (long seq = 1; seq < 100_000; seq += 500)
            for (int reader = 0; reader < 6; reader++) recent.read(seq, seq + 499, this::fetch);
        assertThat(fetched).isEqualTo(100_000);
    }

    private List<LoggedEvent> fetch(long from, long to) {
        fetched += to - from + 1;
        return LongStream.rangeClosed(from, to)
                .mapToObj(RecentEventsTest::event)
                .toList();
    }

    private static LoggedEvent event(long seq) {
        return new LoggedEvent(
                seq,
                Instant.EPOCH,
                Instant.EPOCH,
                1,
                null,
                EventType.TRACK,
                "Looked",
                new CustomerId(1),
                List.of(),
                "m" + seq,
                null,
                JsonNodeFactory.instance.objectNode(),
                Map.of());
    }
}
