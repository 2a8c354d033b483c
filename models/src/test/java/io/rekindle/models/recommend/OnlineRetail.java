package io.rekindle.models.recommend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** The lines of UCI's Online Retail that name a customer; quantities taken back are refunds, times are days. */
final class OnlineRetail {
    private OnlineRetail() {}

    static Interactions purchases() {
        Path root = Path.of(System.getProperty("rekindle.root", ".."));
        Path path = root.resolve("../shared/data/online_retail/online_retail_to_2011-08.csv.gz")
                .normalize();
        assumeTrue(Files.exists(path), "skipped: " + path + " is not there");
        List<String[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A description may hold commas: what stands behind it is counted from the end.
                String[] parts = line.split(",", -1);
                int n = parts.length;
                if (!parts[n - 2].isEmpty())
                    rows.add(new String[] {parts[n - 2], parts[1], parts[n - 4], parts[n - 5]});
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        Map<String, Integer> customers = new TreeMap<>();
        Map<String, Integer> items = new TreeMap<>();
        for (String[] row : rows) {
            customers.put(row[0], 0);
            items.put(row[1], 0);
        }
        number(customers);
        number(items);
        return Interactions.net(
                customers.size(),
                items.size(),
                rows.stream().mapToInt(row -> customers.get(row[0])).toArray(),
                rows.stream().mapToInt(row -> items.get(row[1])).toArray(),
                rows.stream()
                        .mapToLong(
                                row -> LocalDate.parse(row[2].substring(0, 10)).toEpochDay())
                        .toArray(),
                rows.stream().mapToDouble(row -> Double.parseDouble(row[3])).toArray(),
                true);
    }

    private static void number(Map<String, Integer> names) {
        int next = 0;
        for (var entry : names.entrySet()) entry.setValue(next++);
    }
}
