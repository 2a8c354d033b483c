package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The deterministic matching of identifiers, in memory for one batch.
 *
 * <p>Identifiers are the points of a graph; an event that carries several draws an edge from its strongest to each of
 * the others. A customer is a connected part of that graph, and its id is the id of its strongest identifier (by type,
 * then by the smaller id). Connected parts and their strongest point do not depend on the order of the edges, so
 * neither do customers, as long as no edge is refused. An edge is refused when it would put two user ids into one
 * customer or exceed a limit; then the first to come keeps the identifier, and the refusal is written down.
 *
 * <p>Parts are joined by handing the loser's members to the winner, so every identifier points straight at its customer
 * and nobody ever has to follow a chain.
 */
final class Matching {
    private static final Comparator<Identifier> STRONGEST_FIRST =
            Comparator.comparing(Identifier::type).thenComparingLong(i -> i.id().value());

    private final IdentitySettings limits;
    private final Map<Long, Node> nodes = new LinkedHashMap<>();
    private final Map<ConflictKey, Conflict> conflicts = new LinkedHashMap<>();

    /** @param known the customers this batch touches, each with all its identifiers */
    Matching(IdentitySettings limits, List<KnownIdentifier> known) {
        this.limits = limits;
        var parts = new LinkedHashMap<CustomerId, Part>();
        for (var one : known) {
            var node = new Node(one.identifier(), one.customer(), false, one.firstSeen(), one.linkedAt());
            nodes.put(one.identifier().id().value(), node);
            parts.computeIfAbsent(one.customer(), c -> new Part(node)).add(node);
        }
    }

    /** What links two customers: an event, as far as it matters here. */
    record Sighting(long seq, Instant occurredAt, Instant receivedAt, List<Identifier> identifiers) {}

    /** An identifier that has another customer than before the batch. */
    record Change(CustomerId alias, CustomerId customer, Instant at, long seq, String evidence) {}

    /** A customer from before the batch that is an alias now. */
    record Loss(CustomerId loser, CustomerId winner, Instant at, long seq) {}

    private record ConflictKey(CustomerId identifier, CustomerId refused, Conflict.Reason reason) {}

    private record Cause(Instant at, long seq, String evidence) {}

    private static final class Node {
        private final Identifier identifier;
        private final CustomerId before;
        private final boolean isNew;
        private Instant firstSeen;
        private Instant linkedAt;
        private boolean dirty;
        private @Nullable Part part;
        private @Nullable Cause cause;

        Node(Identifier identifier, CustomerId before, boolean isNew, Instant firstSeen, Instant linkedAt) {
            this.identifier = identifier;
            this.before = before;
            this.isNew = isNew;
            this.firstSeen = firstSeen;
            this.linkedAt = linkedAt;
            this.dirty = isNew;
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
        private final List<Node> members = new ArrayList<>();

        Part(Node first) {
            root = first;
        }

        void add(Node node) {
            members.add(node);
            node.part = this;
            if (STRONGEST_FIRST.compare(node.identifier, root.identifier) < 0) root = node;
        }

        boolean hasUserId() {
            return root.identifier.type() == Identifier.Type.USER_ID;
        }
    }

    /** Takes in what one event says. Events come in the order of the log. */
    void see(Sighting sighting) {
        var carried = sighting.identifiers().stream()
                .distinct()
                .sorted(STRONGEST_FIRST)
                .toList();
        for (var identifier : carried) seen(identifier, sighting);
        for (var weaker : carried.subList(1, carried.size())) link(carried.getFirst(), weaker, sighting);
    }

    private void seen(Identifier identifier, Sighting sighting) {
        var node = nodes.get(identifier.id().value());
        if (node == null) {
            var made = new Node(identifier, identifier.id(), true, sighting.occurredAt(), sighting.receivedAt());
            nodes.put(identifier.id().value(), made);
            new Part(made).add(made);
        } else if (sighting.occurredAt().isBefore(node.firstSeen)) {
            node.firstSeen = sighting.occurredAt();
            node.dirty = true;
        }
    }

    private void link(Identifier strongest, Identifier weaker, Sighting sighting) {
        var one = node(strongest).part();
        var other = node(weaker).part();
        if (one == other) return;
        if (one.hasUserId() && other.hasUserId()) {
            refuse(weaker, other, one, Conflict.Reason.SECOND_USER_ID, sighting);
            return;
        }
        boolean oneWins = STRONGEST_FIRST.compare(one.root.identifier, other.root.identifier) < 0;
        var winner = oneWins ? one : other;
        var loser = oneWins ? other : one;
        if (exceedsALimit(winner, loser, sighting.receivedAt())) {
            refuse(weaker, other, one, Conflict.Reason.LIMIT, sighting);
            return;
        }
        var cause = new Cause(
                sighting.receivedAt(),
                sighting.seq(),
                "%s with %s in event %d"
                        .formatted(weaker.type().code(), strongest.type().code(), sighting.seq()));
        for (var member : loser.members) {
            member.linkedAt = sighting.receivedAt();
            member.dirty = true;
            member.cause = cause;
            winner.add(member);
        }
    }

    private boolean exceedsALimit(Part winner, Part loser, Instant now) {
        var since = now.minus(limits.window());
        var counts = new EnumMap<Identifier.Type, Integer>(Identifier.Type.class);
        for (var member : loser.members) counts.merge(member.identifier.type(), 1, Integer::sum);
        for (var member : winner.members)
            if (counts.containsKey(member.identifier.type()) && member.linkedAt.isAfter(since))
                counts.merge(member.identifier.type(), 1, Integer::sum);
        return counts.entrySet().stream()
                .anyMatch(e -> e.getKey() != Identifier.Type.USER_ID && e.getValue() > limits.most(e.getKey()));
    }

    private void refuse(Identifier what, Part keeps, Part refused, Conflict.Reason reason, Sighting sighting) {
        var now = sighting.receivedAt();
        var without = refused.root.identifier.id();
        conflicts.merge(
                new ConflictKey(what.id(), without, reason),
                new Conflict(what, keeps.root.identifier.id(), without, reason, now, now, 1),
                (before, again) -> new Conflict(
                        what, again.customer(), without, reason, before.firstAt(), again.lastAt(), before.times() + 1));
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
                .map(n -> new KnownIdentifier(n.identifier, n.customer(), n.firstSeen, n.linkedAt))
                .toList();
    }

    List<Change> changes() {
        var changes = new ArrayList<Change>();
        for (var node : nodes.values()) {
            var cause = node.cause;
            if (cause != null && !node.customer().equals(node.before))
                changes.add(
                        new Change(node.identifier.id(), node.customer(), cause.at(), cause.seq(), cause.evidence()));
        }
        return changes;
    }

    List<Loss> losses() {
        var losses = new ArrayList<Loss>();
        for (var node : nodes.values()) {
            var cause = node.cause;
            boolean wasCustomer = !node.isNew && node.before.equals(node.identifier.id());
            if (cause != null && wasCustomer && !node.customer().equals(node.before))
                losses.add(new Loss(node.before, node.customer(), cause.at(), cause.seq()));
        }
        losses.sort(Comparator.comparingLong(Loss::seq));
        return losses;
    }

    List<Conflict> conflicts() {
        return List.copyOf(conflicts.values());
    }
}
