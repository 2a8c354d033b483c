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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Laws of the matching over many small seeded worlds; the store is a map, the batches are cut anywhere. */
class MatchingLawsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final MatchingRules WIDE = rules(1000, 1000, 1000, Duration.ofDays(365), 1_000_000, 1_000_000);
    private static final List<Identifier.Type> TYPES = List.of(
            Identifier.Type.USER_ID, Identifier.Type.EMAIL, Identifier.Type.PHONE, Identifier.Type.ANONYMOUS_ID);
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
            var tight = rules(2, 2, 3, Duration.ofHours(5), 3, 6);
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

    private static MatchingRules rules(
            int emails, int phones, int anonymousIds, Duration window, int claims, int largest) {
        return new MatchingRules() {
            @Override
            public int rank(Identifier.Type type) {
                return java.util.Arrays.asList(Identifier.Type.values()).indexOf(type);
            }

            @Override
            public int most(Identifier.Type type) {
                return switch (type) {
                    case USER_ID -> 1;
                    case EMAIL -> emails;
                    case PHONE -> phones;
                    default -> anonymousIds;
                };
            }

            @Override
            public Duration window() {
                return window;
            }

            @Override
            public int mostClaims(Identifier.Type type) {
                return claims;
            }

            @Override
            public boolean joinsPeople(Identifier.Type through) {
                return true;
            }

            @Override
            public int largest() {
                return largest;
            }
        };
    }

    /** As the settings have it: what several people use joins no two who have something of their own. */
    private static MatchingRules guarded(MatchingRules of) {
        return new MatchingRules() {
            @Override
            public int rank(Identifier.Type type) {
                return of.rank(type);
            }

            @Override
            public int most(Identifier.Type type) {
                return of.most(type);
            }

            @Override
            public Duration window() {
                return of.window();
            }

            @Override
            public int mostClaims(Identifier.Type type) {
                return of.mostClaims(type);
            }

            @Override
            public boolean joinsPeople(Identifier.Type through) {
                return through != Identifier.Type.PHONE && through != Identifier.Type.ANONYMOUS_ID;
            }

            @Override
            public int largest() {
                return of.largest();
            }
        };
    }

    @Test
    void strangersWhoUseOneDeviceStayStrangersFromTheSecondOn() {
        var tablet = identifier(Identifier.Type.ANONYMOUS_ID, 0, 0);
        for (var own : List.of(Identifier.Type.EMAIL, Identifier.Type.PHONE)) {
            var events = new ArrayList<Matching.Sighting>();
            for (int stranger = 0; stranger < 10; stranger++)
                events.add(sighting(stranger + 1, List.of(identifier(own, stranger, 0), tablet)));
            for (var batches : List.of(List.of(events), cut(events, new Random(1)))) {
                var world = new World(guarded(WIDE)).read(batches);
                for (int stranger = 0; stranger < 10; stranger++) {
                    long id = identifier(own, stranger, 0).id().value();
                    assertThat(world.customers()).containsEntry(id, id);
                }
                assertThat(world.customers())
                        .containsEntry(
                                tablet.id().value(), identifier(own, 0, 0).id().value());
                assertThat(world.conflicts)
                        .hasSize(9)
                        .allSatisfy((what, times) -> assertThat(what).endsWith("SECOND_PERSON"));
            }
        }
    }

    @Test
    void aFamilysPhoneJoinsNoTwoAddressesAndOnePersonMayHaveTwo() {
        var phone = identifier(Identifier.Type.PHONE, 0, 0);
        var one = identifier(Identifier.Type.EMAIL, 1, 0);
        var other = identifier(Identifier.Type.EMAIL, 2, 0);
        var family = new World(guarded(WIDE))
                .read(List.of(List.of(sighting(1, List.of(one, phone)), sighting(2, List.of(other, phone)))));
        assertThat(family.customers())
                .containsEntry(phone.id().value(), one.id().value())
                .containsEntry(other.id().value(), other.id().value());

        var user = identifier(Identifier.Type.USER_ID, 3, 0);
        var device = identifier(Identifier.Type.ANONYMOUS_ID, 3, 0);
        var person = new World(guarded(WIDE))
                .read(List.of(
                        List.of(sighting(1, List.of(one, device))),
                        List.of(sighting(2, List.of(user, device))),
                        List.of(sighting(3, List.of(user, other, device, phone)))));
        for (var all : List.of(user, one, other, device, phone))
            assertThat(person.customers())
                    .containsEntry(all.id().value(), user.id().value());
        assertThat(person.conflicts).isEmpty();
    }

    /** The same by hand: one event after another, sets of identifiers, no batches and no store. */
    @Test
    void theGuardIsWhatItSaysInAnyWorldWhereverBatchesAreCut() {
        int refused = 0;
        for (int seed = 0; seed < 3 * WORLDS; seed++) {
            var random = new Random(seed);
            var events = anyWorld(random);
            var once = new World(guarded(WIDE)).read(List.of(events));
            var inPieces = new World(guarded(WIDE)).read(cut(events, random));
            assertThat(inPieces.customers()).as("world %d", seed).isEqualTo(once.customers());
            assertThat(once.customers()).as("by hand, world %d", seed).isEqualTo(guardedByHand(events));
            refused += (int) once.conflicts.keySet().stream()
                    .filter(c -> c.endsWith("SECOND_PERSON"))
                    .count();
        }
        assertThat(refused).isGreaterThan(WORLDS);
    }

    private static Map<Long, Long> guardedByHand(List<Matching.Sighting> events) {
        var strongest = Comparator.comparing(Identifier::type)
                .thenComparing(Identifier::id, Comparator.comparingLong(CustomerId::value));
        var people = new ArrayList<Set<Identifier>>();
        for (var event : events) {
            var carried =
                    event.identifiers().stream().distinct().sorted(strongest).toList();
            for (var one : carried)
                if (people.stream().noneMatch(p -> p.contains(one))) people.add(new HashSet<>(Set.of(one)));
            for (var weaker : carried) {
                var mine = people.stream()
                        .filter(p -> p.contains(carried.getFirst()))
                        .findFirst()
                        .orElseThrow();
                var its = people.stream()
                        .filter(p -> p.contains(weaker))
                        .findFirst()
                        .orElseThrow();
                if (mine.equals(its) || bothHave(mine, its, Identifier.Type.USER_ID)) continue;
                boolean device = weaker.type() == Identifier.Type.ANONYMOUS_ID;
                boolean phone = weaker.type() == Identifier.Type.PHONE;
                if ((device || phone) && bothHave(mine, its, Identifier.Type.EMAIL)) continue;
                if (device && bothHave(mine, its, Identifier.Type.PHONE)) continue;
                people.remove(its);
                people.remove(mine);
                var together = new HashSet<>(mine);
                together.addAll(its);
                people.add(together);
            }
        }
        var map = new TreeMap<Long, Long>();
        for (var person : people)
            for (var one : person)
                map.put(
                        one.id().value(),
                        person.stream().min(strongest).orElseThrow().id().value());
        return map;
    }

    private static boolean bothHave(Set<Identifier> one, Set<Identifier> other, Identifier.Type type) {
        return one.stream().anyMatch(i -> i.type() == type) && other.stream().anyMatch(i -> i.type() == type);
    }

    /** An hour between events, a window of ten hours, three browsers at most. */
    @Test
    void theLimitCountsWhatWasGatheredWithinTheWindowOnBothSidesWhateverIsMerged() {
        var narrow = rules(5, 5, 3, Duration.ofHours(10), 1_000, 1_000);
        var user = identifier(Identifier.Type.USER_ID, 1, 0);
        var email = identifier(Identifier.Type.EMAIL, 1, 0);
        var events = new ArrayList<Matching.Sighting>();
        for (int old = 0; old < 5; old++) events.add(sighting(11 * old, List.of(email, browser(old))));
        events.add(sighting(56, List.of(user, email)));
        for (int more = 5; more < 9; more++) events.add(sighting(52 + more, List.of(user, browser(more))));
        for (var batches : List.of(List.of(events), cut(events, new Random(1)))) {
            var world = new World(narrow).read(batches);
            assertThat(world.conflicts.keySet())
                    .as("what came long ago does not count, a fourth of today does")
                    .containsExactly("%s %s LIMIT".formatted(browser(8).id(), user.id()));
            assertThat(world.customers())
                    .containsEntry(email.id().value(), user.id().value())
                    .containsEntry(browser(0).id().value(), user.id().value())
                    .containsEntry(browser(7).id().value(), user.id().value());
        }

        var strangers = new ArrayList<Matching.Sighting>();
        for (int old = 0; old < 4; old++) strangers.add(sighting(old, List.of(browser(old))));
        for (int old = 0; old < 4; old++) strangers.add(sighting(30 + old, List.of(user, browser(old))));
        assertThat(new World(narrow)
                        .read(cut(strangers, new Random(2)))
                        .conflicts
                        .keySet())
                .as("what is linked today is gathered today, however old it is")
                .containsExactly("%s %s LIMIT".formatted(browser(3).id(), user.id()));

        var both = new ArrayList<Matching.Sighting>();
        for (int i = 0; i < 2; i++) both.add(sighting(i, List.of(user, browser(i))));
        for (int i = 2; i < 4; i++) both.add(sighting(i, List.of(email, browser(i))));
        both.add(sighting(5, List.of(user, email)));
        assertThat(new World(narrow).read(cut(both, new Random(3))).conflicts.keySet())
                .as("two and two within the window")
                .containsExactly("%s %s LIMIT".formatted(email.id(), user.id()));
    }

    private static Identifier browser(int number) {
        return identifier(Identifier.Type.ANONYMOUS_ID, 0, number);
    }

    private static final class World {
        private final MatchingRules settings;
        private final Map<Long, KnownIdentifier> stored = new TreeMap<>();
        private final Map<Long, Long> history = new HashMap<>();
        private final Map<String, Long> conflicts = new TreeMap<>();
        private final TreeMap<Long, Link> links = new TreeMap<>();
        private final Set<Matching.Separation> separations = new LinkedHashSet<>();
        private final Set<Matching.Refused> refused = new HashSet<>();

        World(MatchingRules settings) {
            this.settings = settings;
        }

        /** Of sightings and requests. */
        World read(List<? extends List<?>> batches) {
            for (var batch : batches) read(batch.toArray());
            return this;
        }

        void read(Object... batch) {
            var touched = new HashSet<CustomerId>();
            for (var one : batch)
                for (var identifier : identifiersOf(one)) {
                    var known = stored.get(identifier.id().value());
                    if (known != null) touched.add(known.customer());
                }
            var known = stored.values().stream()
                    .filter(k -> touched.contains(k.customer()))
                    .toList();
            var before = new HashMap<Long, CustomerId>();
            for (var one : known) before.put(one.identifier().id().value(), one.customer());
            var matching = new Matching(settings, known)
                    .keepApart(separations.stream()
                            .filter(s -> before.containsKey(s.left()) || before.containsKey(s.right()))
                            .toList())
                    .refusedBefore(refused)
                    .linked(links.values().stream()
                            .filter(l -> before.containsKey(l.left().id().value()))
                            .toList());
            for (var one : batch)
                switch (one) {
                    case Matching.Sighting sighting -> matching.see(sighting);
                    case Matching.Request request -> matching.follow(request);
                    default -> throw new IllegalArgumentException(String.valueOf(one));
                }
            store(matching);
            var ways = new HashSet<String>();
            for (var move : matching.moves()) ways.add(move.from() + " " + move.to());
            before.forEach((id, customer) -> {
                var now = now(id).customer();
                if (!now.equals(customer)) assertThat(ways).contains(customer + " " + now);
            });
        }

        private KnownIdentifier now(long id) {
            return java.util.Objects.requireNonNull(stored.get(id));
        }

        private void store(Matching matching) {
            matching.toStore().forEach(k -> stored.put(k.identifier().id().value(), k));
            matching.changes()
                    .forEach(c -> history.put(c.alias().value(), c.customer().value()));
            for (var c : matching.conflicts()) {
                conflicts.merge(
                        "%s %s %s".formatted(c.identifier().id(), c.refused(), c.reason()), c.times(), Long::sum);
                if (c.reason() != Conflict.Reason.SEPARATED)
                    refused.add(new Matching.Refused(c.identifier().id(), c.refused()));
            }
            for (var undone : matching.undoneEdges()) links.remove(undone.number());
            for (var edge : matching.newEdges()) {
                var l = edge.link();
                long number = links.isEmpty() ? 1 : links.lastKey() + 1;
                if (l.undone() == null)
                    links.put(
                            number,
                            new Link(
                                    number,
                                    l.left(),
                                    l.right(),
                                    l.rule(),
                                    l.score(),
                                    l.seq(),
                                    l.at(),
                                    l.winner(),
                                    l.loser(),
                                    l.merged(),
                                    null));
            }
            separations.removeAll(matching.liftedSeparations());
            separations.addAll(matching.newSeparations());
        }

        private static List<Identifier> identifiersOf(Object one) {
            return switch (one) {
                case Matching.Sighting sighting -> sighting.identifiers();
                case Matching.Request request -> List.of(request.left(), request.right());
                default -> throw new IllegalArgumentException(String.valueOf(one));
            };
        }

        Map<Long, Long> customers() {
            var map = new TreeMap<Long, Long>();
            stored.forEach((id, known) -> map.put(id, known.customer().value()));
            return map;
        }

        /** The links that hold connect each customer, and lead nowhere else. */
        void assertConnected(String as) {
            var colours = new TreeMap<Long, Long>();
            stored.keySet().forEach(id -> colours.put(id, id));
            for (var link : links.values()) {
                long one = java.util.Objects.requireNonNull(
                        colours.get(link.left().id().value()));
                long other = java.util.Objects.requireNonNull(
                        colours.get(link.right().id().value()));
                colours.replaceAll((id, colour) -> colour == other ? one : colour);
            }
            var customers = customers();
            stored.keySet()
                    .forEach(a -> stored.keySet()
                            .forEach(b -> assertThat(Objects.equals(colours.get(a), colours.get(b)))
                                    .as("%s: %d and %d", as, a, b)
                                    .isEqualTo(Objects.equals(customers.get(a), customers.get(b)))));
        }
    }

    @Test
    void linksConnectEachCustomerAndNothingElseWhateverIsMergedAndTakenApart() {
        for (int seed = 0; seed < WORLDS; seed++) {
            var random = new Random(seed);
            var log = withRequests(anyWorld(random), random);
            var once = new World(WIDE).read(List.of(log));
            once.assertConnected("world " + seed);
            var inPieces = new World(WIDE).read(cut(log, random));
            inPieces.assertConnected("world " + seed + " in pieces");
            assertThat(inPieces.customers()).as("world %d", seed).isEqualTo(once.customers());
            assertThat(inPieces.conflicts).as("world %d", seed).isEqualTo(once.conflicts);
            assertThat(inPieces.separations).as("world %d", seed).isEqualTo(once.separations);
            inPieces.customers()
                    .forEach((id, customer) ->
                            assertThat(inPieces.history.getOrDefault(id, id)).isEqualTo(customer));
        }
    }

    /** Merges of strangers, while they go on living, and every one undone, in any order: as if it had never been. */
    @Test
    void anUnMergeGivesBothPeopleBackWithWhatCameToThemSince() {
        int merged = 0;
        for (int seed = 0; seed < 3 * WORLDS; seed++) {
            var random = new Random(seed);
            var events = worldWithoutConflicts(random);
            var people = connectedParts(events);
            int half = events.size() / 2;
            var log = new ArrayList<Object>(events.subList(0, half));
            var seen = events.subList(0, half).stream()
                    .flatMap(e -> e.identifiers().stream())
                    .distinct()
                    .toList();
            var merges = new ArrayList<Matching.Request>();
            for (int i = random.nextInt(5); i > 0 && seen.size() > 1; i--) {
                var pair = some(seen, random);
                if (pair.size() > 1) merges.add(request(100 + i, true, pair.get(0), pair.get(1)));
            }
            var world = new World(WIDE).read(List.of(log));
            var start = world.customers();
            var undone = new ArrayList<Matching.Request>();
            var told = new ArrayList<Matching.Request>();
            for (var merge : merges) {
                if (Objects.equals(
                                people.get(merge.left().id().value()),
                                people.get(merge.right().id().value()))
                        || same(world, merge.left(), merge.right())) continue;
                world.read(merge);
                undone.add(request(merge.seq() + 1_000, false, merge.left(), merge.right()));
                told.add(merge);
                merged++;
            }
            if (half > 0 && !undone.isEmpty() && random.nextBoolean()) {
                Collections.shuffle(undone, random);
                for (var one : undone) world.read(one);
                assertThat(world.customers()).as("world %d: the start", seed).isEqualTo(start);
                undone.clear();
            }
            world.read(cut(events.subList(half, events.size()), random));
            Collections.shuffle(undone, random);
            for (var one : undone) world.read(one);
            world.assertConnected("world " + seed);
            // What was refused because of a wrong merge comes with the next event of its kind.
            world.read(List.of(events));
            assertThat(world.customers()).as("world %d", seed).isEqualTo(people);
            for (var one : told) world.read(sighting(5_000, List.of(one.left(), one.right())));
            assertThat(world.customers())
                    .as("world %d: the same evidence again", seed)
                    .isEqualTo(people);
        }
        assertThat(merged).isGreaterThan(200);
    }

    private static boolean same(World world, Identifier one, Identifier other) {
        var customers = world.customers();
        return Objects.equals(
                customers.get(one.id().value()), customers.get(other.id().value()));
    }

    private static Matching.Request request(long seq, boolean merge, Identifier left, Identifier right) {
        return new Matching.Request(
                seq, NOON.plusSeconds(seq), merge, left, right, Link.Rule.PROBABLE_MATCH, merge ? 0.9 : null, seq);
    }

    private static List<Object> withRequests(List<Matching.Sighting> events, Random random) {
        var log = new ArrayList<Object>();
        var seen = new ArrayList<Identifier>();
        for (var event : events) {
            log.add(event);
            seen.addAll(event.identifiers());
            if (random.nextInt(3) > 0) continue;
            var pair = some(seen.stream().distinct().toList(), random);
            if (pair.size() < 2) continue;
            var rule = random.nextInt(3) == 0 ? Link.Rule.BY_HAND : Link.Rule.PROBABLE_MATCH;
            log.add(new Matching.Request(
                    event.seq(), NOON, random.nextBoolean(), pair.get(0), pair.get(1), rule, null, event.seq()));
        }
        return log;
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
        for (int i = 0; i < 4; i++) for (var type : TYPES) all.add(identifier(type, 0, i));
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

    private static <T> List<List<T>> cut(List<T> events, Random random) {
        var batches = new ArrayList<List<T>>();
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
