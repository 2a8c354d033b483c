package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The matching of identifiers, in memory for one batch.
 *
 * <p>Identifiers are the points of a graph; an event that carries several draws an edge from its strongest to each of
 * the others. A customer is a connected part of that graph, and its id is the id of its strongest identifier (by type,
 * then by the smaller id). Connected parts and their strongest point do not depend on the order of the edges, so
 * neither do customers, as long as no edge is refused. An edge is refused when it would put two user ids into one
 * customer, join by a device, a browser or a telephone two who each have an address or a number of their own, exceed a limit,
 * lead through an identifier that several people share, or join what was taken apart; then the first to come keeps the
 * identifier, and the refusal is written down. What a person (or the linkage model) says to be one
 * customer may have several user ids.
 *
 * <p>Parts are joined by handing the loser's members to the winner, so every identifier points straight at its customer
 * and nobody ever has to follow a chain. Of the edges, those that joined two parts are kept, and in a part that is held
 * together by more than events every edge, since it may be needed when the part is taken apart. A merge is undone by taking
 * its edge away, and as long as there is another way between its ends, the weakest edge of that way: one that no event
 * vouches for, else the youngest. What hangs together then are the two customers, each with what came to it since. The ends
 * of the edge, and the strongest points that events hold together with them, are kept apart from now on; where what events
 * held together is taken apart, both halves inherit what it was kept apart from.
 */
final class Matching {
    /** What somebody has for themselves. */
    private static final Set<Identifier.Type> OWN =
            Set.of(Identifier.Type.EMAIL, Identifier.Type.PHONE, Identifier.Type.WECHAT_UNIONID);

    private final MatchingRules rules;
    private final Comparator<Identifier> strongestFirst;
    private final Map<Long, Node> nodes = new LinkedHashMap<>();
    private final Map<ConflictKey, Conflict> conflicts = new LinkedHashMap<>();
    private final Set<Refused> refusedBefore = new HashSet<>();
    private final Map<Long, Set<Long>> separations = new HashMap<>();
    private final Set<Separation> newSeparations = new LinkedHashSet<>();
    private final Set<Separation> liftedSeparations = new LinkedHashSet<>();
    private final Map<Long, List<Edge>> edges = new HashMap<>();
    private final List<Edge> newEdges = new ArrayList<>();
    private final List<Edge> undoneEdges = new ArrayList<>();

    /** @param known the customers this batch touches, each with all its identifiers */
    Matching(MatchingRules rules, List<KnownIdentifier> known) {
        this.rules = rules;
        this.strongestFirst = rules.strongestFirst();
        var parts = new HashMap<CustomerId, Part>();
        for (var one : known) {
            var node = new Node(one);
            nodes.put(one.identifier().id().value(), node);
            parts.computeIfAbsent(one.customer(), c -> new Part(node)).add(node);
            if (one.identifier().id().equals(one.customer())) node.part().root = node;
        }
    }

    /** What links two customers: an event, as far as it matters here. */
    record Sighting(long seq, Instant occurredAt, Instant receivedAt, List<Identifier> identifiers) {}

    /**
     * What somebody asks for, at its place in the log.
     *
     * @param rule why they are one person; of an un-merge it says nothing
     */
    record Request(
            long seq,
            Instant at,
            boolean merge,
            Identifier left,
            Identifier right,
            Link.Rule rule,
            @Nullable Double score,
            @Nullable Long request) {}

    /** An identifier that has another customer than before the batch. */
    record Change(CustomerId alias, CustomerId customer, Instant at, long seq, String evidence) {}

    /** A customer from before the batch whose identifiers are another's now; all of them, unless it is split. */
    record Move(CustomerId from, CustomerId to, Instant at, long seq, boolean split) {}

    /** Two identifiers that must not become one customer. */
    record Separation(long left, long right, Instant at, long seq) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Separation(var l, var r, var a, var s) && l == left && r == right;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(left * 31 + right);
        }
    }

    /** A pair that was refused before the batch. */
    record Refused(CustomerId identifier, CustomerId refused) {}

    /** An edge of the forest; {@code number} is 0 while it is not stored. */
    static final class Edge {
        private final long number;
        private final Identifier left;
        private final Identifier right;
        private final Link.Rule rule;
        private final @Nullable Double score;
        private final @Nullable Long request;
        private final long seq;
        private final Instant at;
        private final CustomerId winner;
        private final CustomerId loser;
        private final boolean merged;
        private @Nullable Request undoneBy;

        private Edge(
                long number,
                Identifier left,
                Identifier right,
                Link.Rule rule,
                @Nullable Double score,
                @Nullable Long request,
                long seq,
                Instant at,
                CustomerId winner,
                CustomerId loser,
                boolean merged) {
            this.number = number;
            this.left = left;
            this.right = right;
            this.rule = rule;
            this.score = score;
            this.request = request;
            this.seq = seq;
            this.at = at;
            this.winner = winner;
            this.loser = loser;
            this.merged = merged;
        }

        static Edge of(Link link) {
            return new Edge(
                    link.number(),
                    link.left(),
                    link.right(),
                    link.rule(),
                    link.score(),
                    null,
                    link.seq(),
                    link.at(),
                    link.winner(),
                    link.loser(),
                    link.merged());
        }

        boolean isBetween(Identifier one, Identifier other) {
            return (left.equals(one) && right.equals(other)) || (left.equals(other) && right.equals(one));
        }

        /** Whether no event vouches for it. */
        boolean isUncertain() {
            return rule == Link.Rule.PROBABLE_MATCH || rule == Link.Rule.BY_HAND;
        }

        long number() {
            return number;
        }

        @Nullable
        Request undoneBy() {
            return undoneBy;
        }

        @Nullable
        Long request() {
            return request;
        }

        Link link() {
            return new Link(
                    number,
                    left,
                    right,
                    rule,
                    score,
                    seq,
                    at,
                    winner,
                    loser,
                    merged,
                    undoneBy == null ? null : undoneBy.at());
        }
    }

    private record ConflictKey(CustomerId identifier, CustomerId refused, Conflict.Reason reason) {}

    private record Cause(Instant at, long seq, String evidence, boolean split) {}

    private static final class Node {
        private final Identifier identifier;
        private final CustomerId before;
        private final boolean isNew;
        private Instant firstSeen;
        private Instant linkedAt;
        private int claims;
        private @Nullable Instant sharedSince;
        private boolean dirty;
        private boolean uncertain;
        private @Nullable Part part;
        private @Nullable Cause cause;

        Node(Identifier identifier, Instant firstSeen, Instant linkedAt) {
            this.identifier = identifier;
            this.before = identifier.id();
            this.isNew = true;
            this.firstSeen = firstSeen;
            this.linkedAt = linkedAt;
            this.dirty = true;
        }

        Node(KnownIdentifier known) {
            this.identifier = known.identifier();
            this.before = known.customer();
            this.isNew = false;
            this.firstSeen = known.firstSeen();
            this.linkedAt = known.linkedAt();
            this.claims = known.claims();
            this.sharedSince = known.sharedSince();
        }

        long id() {
            return identifier.id().value();
        }

        Part part() {
            if (part == null) throw new IllegalStateException("an identifier without a customer");
            return part;
        }

        CustomerId customer() {
            return part().root.identifier.id();
        }
    }

    private static final class Part {
        private Node root;
        private List<Node> members = new ArrayList<>();

        Part(Node first) {
            root = first;
        }

        void add(Node node) {
            members.add(node);
            node.part = this;
        }

        boolean has(Identifier.Type type) {
            return members.stream().anyMatch(member -> member.identifier.type() == type);
        }

        boolean hasUserId() {
            return root.identifier.type().equals(Identifier.Type.USER_ID);
        }
    }

    /** Pairs that must stay apart, among the identifiers given. */
    Matching keepApart(Collection<Separation> pairs) {
        for (var pair : pairs) enter(pair);
        return this;
    }

    /** Links that were refused before, of the identifiers given: each customer that is refused counts once. */
    Matching refusedBefore(Collection<Refused> pairs) {
        refusedBefore.addAll(pairs);
        return this;
    }

    /**
     * The edges of the customers given; needed where a request is to be followed, and of customers that are held together
     * by more than events.
     */
    Matching linked(Collection<Link> links) {
        for (var link : links) {
            var edge = Edge.of(link);
            enter(edge);
            if (edge.isUncertain()) {
                node(edge.left).uncertain = true;
                node(edge.right).uncertain = true;
            }
        }
        return this;
    }

    private void enter(Separation pair) {
        separations.computeIfAbsent(pair.left(), any -> new LinkedHashSet<>()).add(pair.right());
        separations.computeIfAbsent(pair.right(), any -> new LinkedHashSet<>()).add(pair.left());
    }

    private void enter(Edge edge) {
        edges.computeIfAbsent(edge.left.id().value(), any -> new ArrayList<>()).add(edge);
        edges.computeIfAbsent(edge.right.id().value(), any -> new ArrayList<>()).add(edge);
    }

    /** Takes in what one event says. Events come in the order of the log. */
    void see(Sighting sighting) {
        var carried = sighting.identifiers().stream()
                .distinct()
                .sorted(strongestFirst)
                .toList();
        for (var identifier : carried) seen(identifier, sighting.occurredAt(), sighting.receivedAt());
        for (var weaker : carried.subList(1, carried.size())) link(carried.getFirst(), weaker, sighting);
    }

    /** Follows a request, at its place among the events. */
    void follow(Request request) {
        seen(request.left(), request.at(), request.at());
        seen(request.right(), request.at(), request.at());
        if (request.merge()) merge(request);
        else separate(request);
    }

    private void seen(Identifier identifier, Instant occurredAt, Instant receivedAt) {
        var node = nodes.get(identifier.id().value());
        if (node == null) {
            var made = new Node(identifier, occurredAt, receivedAt);
            nodes.put(identifier.id().value(), made);
            new Part(made).add(made);
        } else if (occurredAt.isBefore(node.firstSeen)) {
            node.firstSeen = occurredAt;
            node.dirty = true;
        }
    }

    private void link(Identifier strongest, Identifier weaker, Sighting sighting) {
        var node = node(weaker);
        var one = node(strongest).part();
        var other = node.part();
        if (one == other) {
            if (one.members.stream().anyMatch(member -> member.uncertain) && !areLinked(strongest, weaker))
                spare(strongest, weaker, sighting);
            return;
        }
        var now = sighting.receivedAt();
        var reason = reasonAgainst(one, other, node(strongest), node, now);
        if (reason != null) {
            refuse(weaker, other, one, reason, now);
            return;
        }
        claim(node, now);
        join(
                one,
                other,
                new Cause(
                        now,
                        sighting.seq(),
                        "%s with %s in event %d"
                                .formatted(
                                        weaker.type().code(), strongest.type().code(), sighting.seq()),
                        false),
                strongest,
                weaker,
                Link.Rule.SAME_EVENT,
                null,
                null);
    }

    private boolean areLinked(Identifier one, Identifier other) {
        return edgesOf(one).stream().anyMatch(edge -> edge.isBetween(one, other));
    }

    /** Another reason why a part is one, besides those that joined it. */
    private void spare(Identifier left, Identifier right, Sighting sighting) {
        var customer = node(left).customer();
        var edge = new Edge(
                0,
                left,
                right,
                Link.Rule.SAME_EVENT,
                null,
                null,
                sighting.seq(),
                sighting.receivedAt(),
                customer,
                customer,
                false);
        newEdges.add(edge);
        enter(edge);
    }

    private Conflict.@Nullable Reason reasonAgainst(Part one, Part other, Node strongest, Node through, Instant now) {
        if (areApart(one, other)) return Conflict.Reason.SEPARATED;
        if (one.hasUserId() && other.hasUserId()) return Conflict.Reason.SECOND_USER_ID;
        var type = through.identifier.type();
        if (!rules.joinsPeople(type) && OWN.stream().anyMatch(own -> own != type && one.has(own) && other.has(own)))
            return Conflict.Reason.SECOND_PERSON;
        if (through.claims >= rules.mostClaims(through.identifier.type())) return Conflict.Reason.SHARED;
        if (one.members.size() + other.members.size() > rules.largest()) return Conflict.Reason.TOO_LARGE;
        boolean oneWins = strongestFirst.compare(one.root.identifier, other.root.identifier) < 0;
        boolean tooMany = oneWins ? exceedsALimit(one, other, through, now) : exceedsALimit(other, one, strongest, now);
        return tooMany ? Conflict.Reason.LIMIT : null;
    }

    private void merge(Request request) {
        var one = node(request.left()).part();
        var other = node(request.right()).part();
        if (one == other) return;
        boolean byHand = request.rule() == Link.Rule.BY_HAND;
        if (byHand) lift(one, other);
        Conflict.Reason reason = null;
        if (areApart(one, other)) reason = Conflict.Reason.SEPARATED;
        else if (!byHand && one.members.size() + other.members.size() > rules.largest())
            reason = Conflict.Reason.TOO_LARGE;
        if (reason != null) {
            refuse(request.right(), other, one, reason, request.at());
            return;
        }
        join(
                one,
                other,
                new Cause(
                        request.at(),
                        request.seq(),
                        "%s, request in event %d".formatted(request.rule().code(), request.seq()),
                        false),
                request.left(),
                request.right(),
                request.rule(),
                request.score(),
                request.request());
    }

    private void join(
            Part one,
            Part other,
            Cause cause,
            Identifier left,
            Identifier right,
            Link.Rule rule,
            @Nullable Double score,
            @Nullable Long request) {
        boolean oneWins = strongestFirst.compare(one.root.identifier, other.root.identifier) < 0;
        var winner = oneWins ? one : other;
        var loser = oneWins ? other : one;
        var edge = new Edge(
                0,
                left,
                right,
                rule,
                score,
                request,
                cause.seq(),
                cause.at(),
                winner.root.identifier.id(),
                loser.root.identifier.id(),
                wasCustomer(one) && wasCustomer(other));
        newEdges.add(edge);
        enter(edge);
        if (edge.isUncertain()) {
            node(left).uncertain = true;
            node(right).uncertain = true;
        }
        for (var member : loser.members) {
            moved(member, cause);
            winner.add(member);
        }
        node(oneWins ? right : left).linkedAt = cause.at();
        loser.members = List.of();
    }

    private static boolean wasCustomer(Part part) {
        return part.members.stream().anyMatch(node -> !node.isNew);
    }

    private static void moved(Node node, Cause cause) {
        node.dirty = true;
        node.cause = cause;
    }

    private void separate(Request request) {
        var left = request.left();
        var right = request.right();
        if (left.equals(right)) return;
        var whole = node(left).part();
        if (whole != node(right).part()) {
            keepApart(left.id().value(), right.id().value(), request);
            return;
        }
        var cut = new ArrayList<Edge>();
        for (var edge : List.copyOf(edgesOf(left))) if (edge.isBetween(left, right)) cut.add(cut(edge, request));
        for (var way = way(left, right); !way.isEmpty(); way = way(left, right))
            cut.add(cut(
                    way.stream()
                            .max(Comparator.comparing(Edge::isUncertain)
                                    .thenComparingLong(e -> e.seq)
                                    .thenComparingLong(e -> e.right.id().value())
                                    .thenComparingLong(e -> e.left.id().value()))
                            .orElseThrow(),
                    request));
        var withRoot = reachable(whole.root.identifier, false);
        var leaving = new LinkedHashSet<>(whole.members);
        leaving.removeAll(withRoot);
        var cause =
                new Cause(request.at(), request.seq(), "un-merged, request in event %d".formatted(request.seq()), true);
        var strongest = leaving.stream()
                .min(Comparator.comparing(n -> n.identifier, strongestFirst))
                .orElseThrow();
        var part = new Part(strongest);
        var stay = new ArrayList<Node>(whole.members.size());
        for (var member : whole.members) {
            if (leaving.contains(member)) {
                part.add(member);
                moved(member, cause);
            } else {
                stay.add(member);
            }
        }
        whole.members = stay;
        if (!cut.stream().allMatch(Edge::isUncertain)) inherit(whole, part, request);
        keepApart(sure(left).id(), sure(right).id(), request);
        keepApart(left.id().value(), right.id().value(), request);
    }

    /** The strongest of the identifiers that events alone hold together with one. */
    private Node sure(Identifier of) {
        return reachable(of, true).stream()
                .min(Comparator.comparing(n -> n.identifier, strongestFirst))
                .orElseThrow();
    }

    private Edge cut(Edge edge, Request request) {
        edge.undoneBy = request;
        if (edge.number > 0) undoneEdges.add(edge);
        edgesOf(edge.left).remove(edge);
        edgesOf(edge.right).remove(edge);
        return edge;
    }

    /** Both halves stay apart from whatever the whole was kept apart from. */
    private void inherit(Part whole, Part part, Request request) {
        for (var half : List.of(whole, part)) {
            var from = half == whole ? part : whole;
            for (var member : List.copyOf(half.members))
                for (long other : List.copyOf(separations.getOrDefault(member.id(), Set.of()))) {
                    var node = nodes.get(other);
                    if (node == null || (node.part() != from && node.part() != half))
                        keepApart(from.root.id(), other, request);
                }
        }
    }

    private void keepApart(long left, long right, Request request) {
        var pair = new Separation(Math.min(left, right), Math.max(left, right), request.at(), request.seq());
        enter(pair);
        liftedSeparations.remove(pair);
        newSeparations.add(pair);
    }

    private void lift(Part one, Part other) {
        for (var member : one.members)
            for (long id : List.copyOf(separations.getOrDefault(member.id(), Set.of()))) {
                var node = nodes.get(id);
                if (node == null || node.part() != other) continue;
                separations.getOrDefault(member.id(), new HashSet<>()).remove(id);
                separations.getOrDefault(id, new HashSet<>()).remove(member.id());
                var pair = new Separation(Math.min(member.id(), id), Math.max(member.id(), id), Instant.MIN, 0);
                newSeparations.remove(pair);
                liftedSeparations.add(pair);
            }
    }

    private boolean areApart(Part one, Part other) {
        if (separations.isEmpty()) return false;
        var smaller = one.members.size() <= other.members.size() ? one : other;
        var larger = smaller == one ? other : one;
        for (var member : smaller.members)
            for (long id : separations.getOrDefault(member.id(), Set.of())) {
                var node = nodes.get(id);
                if (node != null && node.part() == larger) return true;
            }
        return false;
    }

    private List<Edge> edgesOf(Identifier identifier) {
        return edges.getOrDefault(identifier.id().value(), new ArrayList<>());
    }

    private Set<Node> reachable(Identifier from, boolean byEventsAlone) {
        var found = new LinkedHashSet<Node>();
        var open = new ArrayDeque<Identifier>(List.of(from));
        while (!open.isEmpty()) {
            var next = open.pop();
            if (!found.add(node(next))) continue;
            for (var edge : edgesOf(next))
                if (!byEventsAlone || !edge.isUncertain()) open.push(edge.left.equals(next) ? edge.right : edge.left);
        }
        return found;
    }

    /** The edges of a shortest way from one identifier to another; empty when there is none. */
    private List<Edge> way(Identifier from, Identifier to) {
        var cameBy = new HashMap<Identifier, Edge>();
        var open = new ArrayDeque<Identifier>(List.of(from));
        var seen = new HashSet<Identifier>(List.of(from));
        while (!open.isEmpty() && !cameBy.containsKey(to)) {
            var next = open.removeFirst();
            for (var edge : edgesOf(next)) {
                var end = edge.left.equals(next) ? edge.right : edge.left;
                if (seen.add(end)) {
                    cameBy.put(end, edge);
                    open.addLast(end);
                }
            }
        }
        var way = new ArrayList<Edge>();
        for (var edge = cameBy.get(to); edge != null && !to.equals(from); edge = cameBy.get(to)) {
            way.add(edge);
            to = edge.left.equals(to) ? edge.right : edge.left;
        }
        return way;
    }

    /** @param linked the loser's that the link brings: gathered now, however old; the others were when they were linked */
    private boolean exceedsALimit(Part winner, Part loser, Node linked, Instant now) {
        var since = now.minus(rules.window());
        var counts = new HashMap<Identifier.Type, Integer>();
        for (var member : loser.members)
            if (member == linked || member.linkedAt.isAfter(since))
                counts.merge(member.identifier.type(), 1, Integer::sum);
        for (var member : winner.members)
            if (counts.containsKey(member.identifier.type()) && member.linkedAt.isAfter(since))
                counts.merge(member.identifier.type(), 1, Integer::sum);
        return counts.entrySet().stream()
                .anyMatch(e -> !e.getKey().equals(Identifier.Type.USER_ID) && e.getValue() > rules.most(e.getKey()));
    }

    private void refuse(Identifier what, Part keeps, Part refused, Conflict.Reason reason, Instant now) {
        var without = refused.root.identifier.id();
        if (reason != Conflict.Reason.SEPARATED && refusedBefore.add(new Refused(what.id(), without)))
            claim(node(what), now);
        conflicts.merge(
                new ConflictKey(what.id(), without, reason),
                new Conflict(what, keeps.root.identifier.id(), without, reason, now, now, 1),
                (before, again) -> new Conflict(
                        what, again.customer(), without, reason, before.firstAt(), again.lastAt(), before.times() + 1));
    }

    private void claim(Node node, Instant now) {
        node.claims++;
        node.dirty = true;
        if (node.sharedSince == null && node.claims > rules.mostClaims(node.identifier.type())) node.sharedSince = now;
    }

    private Node node(Identifier identifier) {
        var node = nodes.get(identifier.id().value());
        if (node == null) throw new IllegalStateException("an identifier that was not seen");
        return node;
    }

    /** New identifiers and those something changed about. */
    List<KnownIdentifier> toStore() {
        return nodes.values().stream()
                .filter(n -> n.dirty)
                .map(n -> new KnownIdentifier(
                        n.identifier, n.customer(), n.firstSeen, n.linkedAt, n.claims, n.sharedSince))
                .toList();
    }

    /** One row per identifier that changed hands, and one per customer that others left by a split. */
    List<Change> changes() {
        var changes = new ArrayList<Change>();
        var left = new LinkedHashMap<CustomerId, Cause>();
        for (var node : nodes.values()) {
            var cause = node.cause;
            if (cause == null || node.customer().equals(node.before)) continue;
            changes.add(new Change(node.identifier.id(), node.customer(), cause.at(), cause.seq(), cause.evidence()));
            if (cause.split()) left.put(node.before, cause);
        }
        left.forEach((customer, cause) -> {
            var node = nodes.get(customer.value());
            if (node != null && node.customer().equals(node.before))
                changes.add(new Change(customer, customer, cause.at(), cause.seq(), cause.evidence()));
        });
        return changes;
    }

    /** From whom to whom identifiers went that were known before the batch. */
    List<Move> moves() {
        record Way(CustomerId from, CustomerId to) {}
        var moves = new LinkedHashMap<Way, Move>();
        for (var node : nodes.values()) {
            var cause = node.cause;
            if (cause == null || node.isNew || node.customer().equals(node.before)) continue;
            var root = nodes.get(node.before.value());
            boolean split = root == null
                    || root.customer().equals(node.before)
                    || !root.customer().equals(node.customer());
            moves.putIfAbsent(
                    new Way(node.before, node.customer()),
                    new Move(node.before, node.customer(), cause.at(), cause.seq(), split));
        }
        return moves.values().stream()
                .sorted(Comparator.comparingLong(Move::seq))
                .toList();
    }

    List<Conflict> conflicts() {
        return List.copyOf(conflicts.values());
    }

    List<Edge> newEdges() {
        return List.copyOf(newEdges);
    }

    List<Edge> undoneEdges() {
        return List.copyOf(undoneEdges);
    }

    List<Separation> newSeparations() {
        return List.copyOf(newSeparations);
    }

    List<Separation> liftedSeparations() {
        return List.copyOf(liftedSeparations);
    }
}
