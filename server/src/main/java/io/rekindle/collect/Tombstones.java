package io.rekindle.collect;

import io.rekindle.access.AuditTrail;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Person;
import io.rekindle.platform.SystemClock;
import io.rekindle.platform.Vault;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who was erased: the keyed hashes of their identifiers, kept in the key file so that a restored backup knows them too.
 * What comes in under one of them is refused and not kept, whether it is late, sent again or imported again. The way back
 * is an act of the person: an event that says they signed up, of a time after the erasure, or a hand that readmits them. Who
 * was erased only because they were not seen for long, and asked for nothing, comes back with anything they do after it.
 */
@Component
public class Tombstones {
    /** Why an item of somebody erased is refused. */
    public static final String REFUSED = "customer_erased";

    /** What several people have in common without being one. */
    private static final Set<Identifier.Type> SHARED = Set.of(Identifier.Type.PHONE);

    private static final Logger LOG = LoggerFactory.getLogger(Tombstones.class);

    private final Vault vault;
    private final Identifiers identifiers;
    private final JdbcClient jdbc;
    private final SystemClock clock;
    private final Set<String> signUps;
    private final AuditTrail audit;
    private final ObjectProvider<Returning> returning;
    private final ObjectProvider<Living> living;
    private volatile Map<Long, Vault.Entombed> erased;
    private volatile Set<Long> nobodies;

    Tombstones(
            Vault vault,
            Identifiers identifiers,
            JdbcClient jdbc,
            SystemClock clock,
            ErasedSettings settings,
            AuditTrail audit,
            ObjectProvider<Returning> returning,
            ObjectProvider<Living> living) {
        this.vault = vault;
        this.identifiers = identifiers;
        this.jdbc = jdbc;
        this.clock = clock;
        this.signUps = Set.copyOf(settings.signUpEvents());
        this.audit = audit;
        this.returning = returning;
        this.living = living;
        erased = vault.entombed();
        nobodies = Set.copyOf(jdbc.sql("select customer_id from nobodies")
                .query((row, n) -> row.getLong("customer_id"))
                .list());
    }

    /** Asked and told when somebody erased is let in again, before their first event is taken. */
    public interface Returning {
        /** Whether they may: not before the erasure is finished, or what is new would go with what was. */
        default boolean mayReturn(Set<Long> ids) {
            return true;
        }

        default void returned(Set<Long> ids) {}
    }

    /** Knows who is a customer. */
    public interface Living {
        boolean isKnown(Identifier identifier);
    }

    /** Ids of identifiers that were erased. */
    public Set<Long> erased() {
        return erased.keySet();
    }

    /**
     * From now on these are refused.
     *
     * @param group a random number for all ids of one person
     * @param mayReturn whether nobody asked for it; where somebody did for one of the ids, that stands
     * @return the number they have now: that of before, where some of them have one
     */
    public synchronized long entomb(Set<Long> ids, long group, boolean mayReturn) {
        var before = ids.stream().map(erased::get).filter(Objects::nonNull).toList();
        long known = before.stream()
                .mapToLong(Vault.Entombed::group)
                .filter(g -> g != 0)
                .findFirst()
                .orElse(group);
        boolean all = mayReturn && before.stream().allMatch(Vault.Entombed::mayReturn);
        vault.entomb(ids, new Vault.Entombed(clock.instant(), known, all));
        erased = vault.entombed();
        return known;
    }

    /** Whether all of some ids that were erased, and those erased with them, were so without anybody's asking. */
    public boolean mayReturn(Set<Long> ids) {
        var theirs = ids.stream().map(erased::get).filter(Objects::nonNull).toList();
        var groups =
                theirs.stream().map(Vault.Entombed::group).filter(g -> g != 0).collect(Collectors.toSet());
        return theirs.stream().allMatch(Vault.Entombed::mayReturn)
                && erased.values().stream()
                        .filter(as -> groups.contains(as.group()))
                        .allMatch(Vault.Entombed::mayReturn);
    }

    /**
     * Lets the owners of these in again, with all identifiers that were erased with them; false when their erasure is not
     * finished, and then nothing is changed.
     */
    public boolean readmit(Collection<Long> ids, String why) {
        var groups = ids.stream()
                .map(erased::get)
                .filter(Objects::nonNull)
                .map(Vault.Entombed::group)
                .filter(g -> g != 0)
                .collect(Collectors.toSet());
        var all = new HashSet<>(ids);
        erased.forEach((id, as) -> {
            if (groups.contains(as.group())) all.add(id);
        });
        return release(all, why);
    }

    private synchronized boolean release(Set<Long> ids, String why) {
        var known = ids.stream().filter(erased::containsKey).collect(Collectors.toSet());
        if (known.isEmpty()) return true;
        if (!returning.orderedStream().allMatch(other -> other.mayReturn(known))) return false;
        vault.release(known);
        erased = vault.entombed();
        returning.orderedStream().forEach(other -> other.returned(known));
        audit.record("erasure.readmitted", "erasure", "%d identifiers, %s".formatted(known.size(), why));
        LOG.info("somebody erased was let in again: {}", why);
        return true;
    }

    /** Random ids that history has in the place of who was erased: nothing may be added under them. */
    public synchronized void addNobodies(Collection<Long> ids) {
        for (var id : ids)
            jdbc.sql("insert into nobodies (customer_id) values (:id) on conflict do nothing")
                    .param("id", id)
                    .update();
        var all = new HashSet<>(nobodies);
        all.addAll(ids);
        nobodies = Set.copyOf(all);
    }

    /** Whether an id is of somebody erased, or stands in the place of one: nothing may be added under it. */
    public boolean isGone(CustomerId customer) {
        return erased.containsKey(customer.value()) || nobodies.contains(customer.value());
    }

    /** Whether an event is to be refused: it is of somebody erased, or names their user id, address or number. */
    public boolean refuses(long customer, List<Identifier> identifiers) {
        if (erased.isEmpty() && nobodies.isEmpty()) return false;
        return erased.containsKey(customer)
                || nobodies.contains(customer)
                || identifiers.stream().anyMatch(i -> isOfAPerson(i) && isErased(i));
    }

    /** Whether a text, plain or JSON, names somebody erased. */
    public boolean areNamedIn(String text) {
        return !erased.isEmpty() && (isOne(text) || Person.hasWord(text, this::isOne));
    }

    private boolean isOne(String word) {
        for (var type : Identifier.Type.values())
            if (identifiers.unblocked(type, word).filter(this::isErased).isPresent()) return true;
        return false;
    }

    /**
     * What of an event's identifiers counts. Empty when it is refused. What was an erased person's and is somebody else's
     * now says nothing beside that one's own identifiers: a device always, an address or a number when the event is of a
     * customer who is known, a telephone also beside a user id that is new (a family has one). Where something of a person
     * counts no more, the caller keeps nothing of its value.
     *
     * @param carried strongest first
     * @param track the name of a track event; null for others
     * @param isFile whether a file says so: nobody comes back with one
     */
    public List<Identifier> judge(
            List<Identifier> carried, @Nullable String track, Instant occurredAt, boolean isFile) {
        if (erased.isEmpty() || carried.stream().noneMatch(this::isErased)) return carried;
        var theirs = carried.stream()
                .filter(i -> isErased(i) && isOfAPerson(i))
                .map(Identifier::type)
                .collect(Collectors.toSet());
        boolean isLater = !isFile && isAfterErasure(carried, occurredAt);
        boolean signsUp = isLater && track != null && signUps.contains(track);
        boolean shared = isOfSomebodyElse(carried.getFirst(), theirs, signsUp);
        var ids = carried.stream().map(i -> i.id().value()).collect(Collectors.toSet());
        // Who has a telephone in common with the erased does not bring them back.
        if (signsUp && !(shared && SHARED.containsAll(theirs))) {
            var why = "by an event '%s'".formatted(track);
            if (theirs.isEmpty() ? release(ids, why) : readmit(ids, why)) return carried;
        }
        if (isLater && !theirs.isEmpty() && !shared && mayReturn(ids) && readmit(ids, "by an event of theirs"))
            return carried;
        if (!theirs.isEmpty() && !shared) return List.of();
        return carried.stream().filter(i -> !isErased(i)).toList();
    }

    private boolean isOfSomebodyElse(Identifier strongest, Set<Identifier.Type> theirs, boolean signsUp) {
        if (isErased(strongest) || !isOfAPerson(strongest)) return false;
        if (SHARED.containsAll(theirs) && (signsUp || strongest.type() == Identifier.Type.USER_ID)) return true;
        return living.orderedStream().anyMatch(who -> who.isKnown(strongest));
    }

    private boolean isAfterErasure(List<Identifier> carried, Instant occurredAt) {
        return carried.stream().allMatch(i -> {
            var as = erased.get(i.id().value());
            return as == null || occurredAt.isAfter(as.at());
        });
    }

    /** Whether it was somebody's who was erased. */
    public boolean isErased(Identifier identifier) {
        return erased.containsKey(identifier.id().value());
    }

    private static boolean isOfAPerson(Identifier identifier) {
        return identifier.type().isPersonal();
    }
}
