package io.rekindle.identity;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.SystemClock;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Walks the graph of identifiers and holds it against the history and against whatever is kept by customer: every identifier
 * points straight at a customer that is one, the links that hold connect each customer and nobody else, what was taken apart
 * is apart, the warehouse has the same map, and nothing lies with somebody it does not belong to.
 *
 * <p>PostgreSQL is read as of one moment, after every tail has taken up the log as it stood when the check began; events that
 * come in meanwhile do not count as faults. Memory: 24 bytes an identifier.
 */
@Component
public class IdentityCheck {
    private static final int EXAMPLES = 5;

    private final JdbcClient jdbc;
    private final TransactionTemplate oneMoment;
    private final Warehouse warehouse;
    private final EventLog log;
    private final Tails tails;
    private final Tombstones tombstones;
    private final SystemClock clock;
    private final ObjectProvider<IdentityFollower> followers;

    IdentityCheck(
            JdbcClient jdbc,
            PlatformTransactionManager transactions,
            Warehouse warehouse,
            EventLog log,
            Tails tails,
            Tombstones tombstones,
            SystemClock clock,
            ObjectProvider<IdentityFollower> followers) {
        this.jdbc = jdbc;
        this.oneMoment = new TransactionTemplate(transactions);
        this.oneMoment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.oneMoment.setReadOnly(true);
        this.warehouse = warehouse;
        this.log = log;
        this.tails = tails;
        this.tombstones = tombstones;
        this.clock = clock;
        this.followers = followers;
    }

    /**
     * What was looked at, and what is wrong.
     *
     * @param upTo the last event of the log that was taken into account
     * @param findings empty when all is consistent
     */
    public record Report(
            Instant at, long upTo, long identifiers, long customers, long links, long merges, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /**
     * One kind of fault.
     *
     * @param code stable
     * @param examples some of the ids concerned
     */
    public record Finding(String code, String words, long count, List<String> examples) {
        public Finding {
            examples = List.copyOf(examples);
        }
    }

    /** A finding in the making. */
    private static final class Found {
        private final String code;
        private final String words;
        private final List<String> examples = new ArrayList<>();
        private long count;

        Found(String code, String words) {
            this.code = code;
            this.words = words;
        }

        void add(Object example) {
            count++;
            if (examples.size() < EXAMPLES) examples.add(String.valueOf(example));
        }
    }

    /** Looks at everything once. */
    public Report check() {
        long upTo = log.lastSeq();
        tails.awaitAll(upTo);
        return Objects.requireNonNull(oneMoment.execute(status -> check(upTo)));
    }

    private Report check(long upTo) {
        var found = new ArrayList<Found>();
        long size =
                jdbc.sql("select count(*) from identifiers").query(Long.class).single();
        var ids = new long[Math.toIntExact(size)];
        var customers = new long[ids.length];
        int[] at = {0};
        jdbc.sql("select id, customer_id from identifiers order by id").query(row -> {
            ids[at[0]] = row.getLong("id");
            customers[at[0]++] = row.getLong("customer_id");
        });
        long people = straight(ids, customers, found);
        long links = connected(ids, customers, found);
        asked(found);
        inTheHistory(ids, customers, upTo, found);
        for (var follower : followers.orderedStream().toList()) {
            var misplaced =
                    new Found("state_misplaced", "%s under somebody they do not belong to".formatted(follower.what()));
            misplaced.count = follower.misplaced();
            found.add(misplaced);
        }
        long merges = jdbc.sql("select count(*) from identity_links where merged and undone_seq is null")
                .query(Long.class)
                .single();
        return new Report(
                clock.instant(),
                upTo,
                size,
                people,
                links,
                merges,
                found.stream()
                        .filter(f -> f.count > 0)
                        .map(f -> new Finding(f.code, f.words, f.count, f.examples))
                        .toList());
    }

    /** Every identifier points at one that points at itself. */
    private static long straight(long[] ids, long[] customers, List<Found> found) {
        var nobody = new Found("customer_unknown", "identifiers whose customer is no identifier");
        var chained = new Found("customer_is_alias", "identifiers whose customer belongs to another one");
        long people = 0;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == customers[i]) people++;
            int customer = Arrays.binarySearch(ids, customers[i]);
            if (customer < 0) nobody.add(ids[i]);
            else if (customers[customer] != ids[customer]) chained.add(ids[i]);
        }
        found.addAll(List.of(nobody, chained));
        return people;
    }

    /** The links that hold connect each customer, and nobody else. */
    private long connected(long[] ids, long[] customers, List<Found> found) {
        var loose = new Found("link_without_identifier", "links whose end is no identifier");
        var crossing = new Found("link_between_customers", "links that hold between two customers");
        int[] group = new int[ids.length];
        for (int i = 0; i < group.length; i++) group[i] = i;
        long[] links = {0};
        jdbc.sql("select id, left_id, right_id from identity_links where undone_seq is null")
                .query(row -> {
                    links[0]++;
                    int left = Arrays.binarySearch(ids, row.getLong("left_id"));
                    int right = Arrays.binarySearch(ids, row.getLong("right_id"));
                    if (left < 0 || right < 0) {
                        loose.add(row.getLong("id"));
                        return;
                    }
                    if (customers[left] != customers[right]) crossing.add(row.getLong("id"));
                    group[root(group, left)] = root(group, right);
                });
        var apart = new Found("customer_not_connected", "identifiers no link holds together with their customer");
        for (int i = 0; i < ids.length; i++) {
            int customer = Arrays.binarySearch(ids, customers[i]);
            if (customer >= 0 && root(group, i) != root(group, customer)) apart.add(ids[i]);
        }
        found.addAll(List.of(loose, crossing, apart));
        return links[0];
    }

    private static int root(int[] group, int of) {
        int at = of;
        while (group[at] != at) at = group[at] = group[group[at]];
        return at;
    }

    private void asked(List<Found> found) {
        var together = new Found("separated_together", "identifiers that were taken apart and are one customer's");
        jdbc.sql("""
                        select s.left_id from identity_separations s join identifiers l on l.id = s.left_id
                        join identifiers r on r.id = s.right_id where l.customer_id = r.customer_id
                        """).query(row -> {
            together.add(row.getLong("left_id"));
        });
        var users = new Found("second_user_id", "customers with several user ids and nobody who said so");
        jdbc.sql("""
                        select customer_id from identifiers where type = 'user_id' group by customer_id having count(*) > 1
                        except
                        select i.customer_id from identity_links l join identifiers i on i.id = l.left_id
                        where l.undone_seq is null and l.rule <> 'same_event'
                        """).query(row -> {
            users.add(row.getLong("customer_id"));
        });
        found.addAll(List.of(together, users));
    }

    /** The warehouse has the same map, and every identifier of the log is known. */
    private void inTheHistory(long[] ids, long[] customers, long upTo, List<Found> found) {
        var differs = new Found("history_differs", "aliases whose customer is another one in the warehouse");
        var told = new boolean[ids.length];
        warehouse.stream(Sql.of("""
                        select alias_id, customer_id from identity_changes where seq <= ?
                        qualify row_number() over (partition by alias_id order by seq desc, valid_from desc) = 1
                        """, upTo), row -> {
            int at = Arrays.binarySearch(ids, row.longValue("alias_id"));
            if (at < 0 ? !isGone(row.longValue("alias_id")) : customers[at] != row.longValue("customer_id"))
                differs.add(row.longValue("alias_id"));
            else if (at >= 0) told[at] = true;
        });
        var untold = new Found("history_lacks", "aliases the warehouse does not know of");
        for (int i = 0; i < ids.length; i++) if (customers[i] != ids[i] && !told[i]) untold.add(ids[i]);
        var unseen = new Found("identifier_lacks", "ids of events in the log that are no identifier");
        warehouse.stream(
                Sql.of("select distinct customer_id from events where seq <= ? and aliases is not null", upTo), row -> {
                    if (Arrays.binarySearch(ids, row.longValue("customer_id")) < 0
                            && !isGone(row.longValue("customer_id"))) unseen.add(row.longValue("customer_id"));
                });
        found.addAll(List.of(differs, untold, unseen));
    }

    /** Of somebody erased the history keeps rows, and nothing else is known. */
    private boolean isGone(long id) {
        return tombstones.isGone(new CustomerId(id));
    }
}
