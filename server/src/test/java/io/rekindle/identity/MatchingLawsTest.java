package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Laws of the matching over many small seeded worlds; the store is a map, the batches are cut anywhere. */
class MatchingLawsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final IdentitySettings WIDE = new IdentitySettings(1000, 1000, 1000, Duration.ofDays(365));
    private static final int WORLDS = 400;

    @Test
    void neitherOrderNorBatchesMatterWhenNothingIsRefused() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var random = new Random(seed);
            var events = worldWithoutConflicts(random);
            var once = new World(WIDE).read(List.of(events)).customers();
            var shuffled = new ArrayList<>(events);
            Collections.shuffle(shuffled, random);
            var again = new World(WIDE).read(cut(shuffled, random)).customers();
            assertThat(again).as("world %d", seed).isEqualTo(once);
            assertThat(once).as("brute force, world %d", seed).isEqualTo(connectedParts(events));
        }
    }

    @Test
    void batchesDoNotMatterWhenLinksAreRefused() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var random = new Random(seed);
            var events = anyWorld(random);
            var tight = new IdentitySettings(2, 2, 3, Duration.ofHours(5));
            var once = new World(tight).read(List.of(events));
            var inPieces = new World(tight).read(cut(events, random));
            assertThat(inPieces.customers()).as("world %d", seed).isEqualTo(once.customers());
            assertThat(inPieces.conflicts).as("world %d", seed).isEqualTo(once.conflicts);
        }
    }

    @Test
    void noCustomerEverHasTwoUserIdsAndEveryIdentifierPointsStraightAtIt() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var world = new World(WIDE).read(cut(anyWorld(new Random(seed)), new Random(seed)));
            var customers = world.customers();
            var userIds = new HashSet<CustomerId>();
            for (var known : world.stored.values()) {
                if (known.identifier().type() == Identifier.Type.USER_ID)
                    assertThat(userIds.add(known.customer()))
                            .as("world %d: a second user id", seed)
                            .isTrue();
                assertThat(customers.get(known.customer().value()))
                        .isEqualTo(known.customer().value());
            }
        }
    }

    @Test
    void theHistoryOfChangesGivesTheSameMapAsTheStore() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var world = new World(WIDE).read(cut(anyWorld(new Random(seed)), new Random(seed)));
            world.customers()
                    .forEach((id, customer) ->
                            assertThat(world.history.getOrDefault(id, id)).isEqualTo(customer));
        }
    }

    @Test
    void whoeverFollowsTheMergesEndsAtTheSameCustomers() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var world = new World(WIDE).read(cut(anyWorld(new Random(seed)), new Random(seed)));
            // Someone who gave every identifier state of its own as soon as it was a customer, and moved it at each
            // loss.
            var customers = world.customers();
            world.holders.forEach(
                    (id, holder) -> assertThat(holder).as("identifier %d", id).isEqualTo(customers.get(id)));
        }
    }

    private static final class World {
        private final IdentitySettings settings;
        private final Map<Long, KnownIdentifier> stored = new TreeMap<>();
        private final Map<Long, Long> history = new HashMap<>();
        private final Map<Long, Long> holders = new HashMap<>();
        private final Map<String, Long> conflicts = new TreeMap<>();

        World(IdentitySettings settings) {
            this.settings = settings;
        }

        World read(List<List<Matching.Sighting>> batches) {
            for (var batch : batches) {
                var touched = new HashSet<CustomerId>();
                for (var event : batch)
                    for (var identifier : event.identifiers()) {
                        var known = stored.get(identifier.id().value());
                        if (known != null) touched.add(known.customer());
                    }
                var matching = new Matching(
                        settings,
                        stored.values().stream()
                                .filter(k -> touched.contains(k.customer()))
                                .toList());
                batch.forEach(matching::see);
                matching.toStore().forEach(k -> stored.put(k.identifier().id().value(), k));
                matching.changes()
                        .forEach(
                                c -> history.put(c.alias().value(), c.customer().value()));
                for (var loss : matching.losses())
                    holders.replaceAll((id, holder) ->
                            holder == loss.loser().value() ? loss.winner().value() : holder);
                for (var known : matching.toStore())
                    holders.putIfAbsent(
                            known.identifier().id().value(), known.customer().value());
                for (var c : matching.conflicts())
                    conflicts.merge(
                            "%s %s %s".formatted(c.identifier().id(), c.refused(), c.reason()), c.times(), Long::sum);
            }
            return this;
        }

        Map<Long, Long> customers() {
            var map = new TreeMap<Long, Long>();
            stored.forEach((id, known) -> map.put(id, known.customer().value()));
            return map;
        }
    }

    /** People with one user id at most, whose events share nothing with anybody else. */
    private static List<Matching.Sighting> worldWithoutConflicts(Random random) {
        var events = new ArrayList<Matching.Sighting>();
        int people = 1 + random.nextInt(4);
        for (int person = 0; person < people; person++) {
            var own = new ArrayList<Identifier>();
            if (random.nextInt(4) > 0) own.add(identifier(Identifier.Type.USER_ID, person, 0));
            for (int i = random.nextInt(3); i >= 0; i--) own.add(identifier(Identifier.Type.EMAIL, person, i));
            for (int i = random.nextInt(2); i > 0; i--) own.add(identifier(Identifier.Type.PHONE, person, i));
            for (int i = random.nextInt(3); i > 0; i--) own.add(identifier(Identifier.Type.ANONYMOUS_ID, person, i));
            for (int e = random.nextInt(6); e >= 0; e--) events.add(sighting(events.size() + 1, some(own, random)));
        }
        return events;
    }

    private static List<Matching.Sighting> anyWorld(Random random) {
        var all = new ArrayList<Identifier>();
        for (int i = 0; i < 4; i++) for (var type : Identifier.Type.values()) all.add(identifier(type, 0, i));
        var events = new ArrayList<Matching.Sighting>();
        for (int e = 5 + random.nextInt(20); e > 0; e--) events.add(sighting(events.size() + 1, some(all, random)));
        return events;
    }

    private static Identifier identifier(Identifier.Type type, int person, int number) {
        // A hash's sign and size say nothing; spread the ids so that smaller does not mean earlier.
        long spread = ((type.code().charAt(0) - 96) * 1_000L + person * 100L + number + 1) * 0x9E3779B97F4A7C15L;
        return new Identifier(type, new CustomerId(spread));
    }

    private static List<Identifier> some(List<Identifier> of, Random random) {
        var copy = new ArrayList<>(of);
        Collections.shuffle(copy, random);
        return copy.subList(0, Math.min(copy.size(), 1 + random.nextInt(3)));
    }

    private static Matching.Sighting sighting(int seq, List<Identifier> identifiers) {
        return new Matching.Sighting(seq, NOON.plusSeconds(seq), NOON.plus(Duration.ofHours(seq)), identifiers);
    }

    private static List<List<Matching.Sighting>> cut(List<Matching.Sighting> events, Random random) {
        var batches = new ArrayList<List<Matching.Sighting>>();
        for (int from = 0; from < events.size(); ) {
            int to = Math.min(events.size(), from + 1 + random.nextInt(4));
            batches.add(events.subList(from, to));
            from = to;
        }
        return batches;
    }

    /** The same by colouring the graph until nothing changes. */
    private static Map<Long, Long> connectedParts(List<Matching.Sighting> events) {
        var strongest = Comparator.comparing(Identifier::type)
                .thenComparing(Identifier::id, Comparator.comparingLong(CustomerId::value));
        var colours = new HashMap<Identifier, Identifier>();
        for (boolean moved = true; moved; ) {
            moved = false;
            for (var event : events) {
                var best = event.identifiers().stream()
                        .map(i -> colours.getOrDefault(i, i))
                        .min(strongest)
                        .orElseThrow();
                for (var one : event.identifiers()) moved |= !best.equals(colours.put(one, best));
            }
        }
        var map = new TreeMap<Long, Long>();
        colours.forEach((i, root) -> map.put(i.id().value(), root.id().value()));
        return map;
    }
}
