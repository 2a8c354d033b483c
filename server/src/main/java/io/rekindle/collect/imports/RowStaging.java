package io.rekindle.collect.imports;

import java.sql.SQLException;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a file stand by their digests and are held against those of earlier imports. A row that tells when
 * what it says happened is there already when there are as many like it. Rows that do not are there already when they are
 * the last that imports speaking alike said of their customer, in their order: then saying them again would change
 * nothing, and must not take back what the customer said since.
 */
final class RowStaging extends Workspace {
    private @Nullable DuckDBAppender rows;
    private @Nullable DuckDBAppender present;

    RowStaging() {
        run("create table file_rows (row_no bigint, customer bigint, digest varchar)");
        run("create table present (seq bigint, import_id bigint, customer bigint, digest varchar)");
    }

    /** A usable row of the file. */
    void add(long row, long customer, String digest) {
        try {
            if (rows == null) rows = connection.createAppender("file_rows");
            rows.beginRow();
            rows.append(row);
            rows.append(customer);
            rows.append(digest);
            rows.endRow();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** A row that a standing import brought. */
    void addPresent(long seq, long importId, long customer, String digest) {
        try {
            if (present == null) present = connection.createAppender("present");
            present.beginRow();
            present.append(seq);
            present.append(importId);
            present.append(customer);
            present.append(digest);
            present.endRow();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Closes the lists: what is asked afterwards sees all of them. */
    void complete() {
        try {
            if (rows != null) rows.close();
            if (present != null) present.close();
            rows = null;
            present = null;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** What holding the rows against those present came to. */
    record Sifted(BitSet fresh, long alreadyThere, long customers, Map<Long, Long> repeats) {}

    /** Finds the rows that are new. */
    Sifted sift(boolean tellWhen) {
        run(tellWhen ? ALIKE : LAST_SAID);
        var fresh = new BitSet();
        query("select row_no from judged where not there", row -> fresh.set(Math.toIntExact(row.longValue("row_no"))));
        var counts = new long[2];
        query(
                "select count(*) filter (where there) as there, count(distinct customer) filter (where not there) as customers from judged",
                row -> {
                    counts[0] = row.longValue("there");
                    counts[1] = row.longValue("customers");
                });
        var repeats = new TreeMap<Long, Long>();
        query("""
                select p.import_id, count(distinct j.row_no) as n from judged j
                join present p on p.digest = j.digest and p.customer = j.customer
                where j.there group by p.import_id
                """, row -> repeats.put(row.longValue("import_id"), row.longValue("n")));
        return new Sifted(fresh, counts[0], counts[1], repeats);
    }

    private static final String ALIKE = """
            create table judged as
            select f.row_no, f.customer, f.digest,
                row_number() over (partition by f.customer, f.digest order by f.row_no) <= coalesce(p.n, 0) as there
            from file_rows f
            left join (select customer, digest, count(*) as n from present group by customer, digest) p
                on p.customer = f.customer and p.digest = f.digest
            """;

    private static final String LAST_SAID = """
            create table judged as
            with said as (select customer, list(digest order by row_no) as digests from file_rows group by customer),
            before as (
                select customer, list(digest order by seq) as digests from present
                where customer in (select customer from file_rows) group by customer)
            select f.row_no, f.customer, f.digest,
                coalesce(list_slice(b.digests, len(b.digests) - len(s.digests) + 1, len(b.digests)) = s.digests, false)
                    and len(b.digests) >= len(s.digests) as there
            from file_rows f join said s on s.customer = f.customer left join before b on b.customer = f.customer
            """;

    @Override
    public void close() {
        complete();
        super.close();
    }
}
