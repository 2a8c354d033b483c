package io.rekindle.models.linkage;

import io.rekindle.models.SharedData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A public table of people with the truth about who is who.
 *
 * @param truth by row, the person
 */
record PublicPeople(List<Column> columns, List<String> truth) {
    /** FEBRL's data set 1, 2 or 3: the record's id names the person. */
    static PublicPeople febrl(int number, boolean withSocialSecurity) {
        List<String[]> rows = rows("febrl/dataset" + number + ".csv");
        List<String> names = List.of(
                "given_name",
                "surname",
                "street_number",
                "address_1",
                "address_2",
                "suburb",
                "postcode",
                "state",
                "date_of_birth",
                "soc_sec_id");
        return of(
                names.subList(0, withSocialSecurity ? 10 : 9),
                1,
                rows,
                rows.stream().map(row -> row[0].split("-")[1]).toList());
    }

    static PublicPeople rlData() {
        List<String[]> rows = rows("rldata/RLdata500.csv");
        return of(
                List.of("fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd"),
                0,
                rows,
                rows.stream().map(row -> row[8]).toList());
    }

    static PublicPeople fake() {
        List<String[]> rows = rows("splink/fake_1000.csv");
        return of(
                List.of("first_name", "surname", "dob", "city", "email"),
                1,
                rows,
                rows.stream().map(row -> row[6]).toList());
    }

    private static List<String[]> rows(String file) {
        return SharedData.rows(file).stream().map(line -> line.split(",", -1)).toList();
    }

    private static PublicPeople of(List<String> names, int first, List<String[]> rows, List<String> truth) {
        List<List<String>> values = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            int column = first + c;
            values.add(rows.stream().map(row -> row[column].strip()).toList());
        }
        return new PublicPeople(Columns.detect(names, values), truth);
    }

    /**
     * How well groups meet the truth, over pairs of records.
     *
     * @param precision share of the linked pairs that are one person's
     * @param recall share of one person's pairs that are linked
     */
    record Quality(double precision, double recall) {
        double f1() {
            return 2 * precision * recall / (precision + recall);
        }
    }

    Quality quality(int[] clusters) {
        return quality(clusters, truth);
    }

    static Quality quality(int[] clusters, List<String> truth) {
        Map<Object, Long> found = new HashMap<>();
        Map<Object, Long> real = new HashMap<>();
        Map<Object, Long> both = new HashMap<>();
        for (int i = 0; i < clusters.length; i++) {
            found.merge(clusters[i], 1L, Long::sum);
            real.merge(truth.get(i), 1L, Long::sum);
            both.merge(List.of(clusters[i], truth.get(i)), 1L, Long::sum);
        }
        return new Quality((double) pairs(both) / pairs(found), (double) pairs(both) / pairs(real));
    }

    private static long pairs(Map<Object, Long> groups) {
        return groups.values().stream().mapToLong(n -> n * (n - 1) / 2).sum();
    }
}
