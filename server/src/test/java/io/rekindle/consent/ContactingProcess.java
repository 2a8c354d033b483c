package io.rekindle.consent;

import io.rekindle.testing.TestPostgres;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@link ContactBudgetTest} kills: writers in a process of their own that say on standard output what they do. */
final class ContactingProcess {
    static final int WRITERS = 8;

    private ContactingProcess() {}

    public static void main(String[] arguments) {
        var place = new TestPostgres.Place(arguments[0], arguments[1], arguments[2]);
        long seed = Long.parseLong(arguments[3]);
        var pool = ContactTraffic.pool(place, WRITERS);
        for (int number = 0; number < WRITERS; number++) {
            var writer = new ContactTraffic.Writer(pool, number, seed, new Saying());
            Thread.ofPlatform().start(() -> {
                while (true) writer.step();
            });
        }
    }

    private static final class Saying implements ContactTraffic.Listener {
        @Override
        public void trying(List<Long> messages, LocalDate day) {
            say("try " + day + messages.stream().map(m -> " " + m).collect(Collectors.joining()));
        }

        @Override
        public void done(Map<Long, ContactTraffic.Stand> now) {
            say("done"
                    + now.entrySet().stream()
                            .map(e -> " %d=%s=%s"
                                    .formatted(
                                            e.getKey(),
                                            e.getValue().state(),
                                            e.getValue().day()))
                            .collect(Collectors.joining()));
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
