package io.rekindle.app.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rows of a file that an import could not use: all of them, whichever way they are told. */
final class RejectedRows {
    private static final int A_PAGE = 500;
    private static final int MOST_SHOWN = 20;

    private final List<Rejected> rows;

    private RejectedRows(List<Rejected> rows) {
        this.rows = List.copyOf(rows);
    }

    /** @param text what is wrong with it, in words */
    record Rejected(long row, String reason, String text) {}

    /** Fetches them, page by page. */
    static RejectedRows of(ApiClient api, JsonNode done) {
        var rows = new ArrayList<Rejected>();
        var path = "/api/imports/%d/rejected?limit=%d".formatted(done.path("id").asLong(), A_PAGE);
        var next = done.path("report").path("rejected").asLong() > 0 ? path : "";
        while (!next.isEmpty()) {
            var page = api.get(next);
            for (var one : page.path("items"))
                rows.add(new Rejected(
                        one.path("rowNumber").asLong(),
                        one.path("reason").asString(""),
                        one.path("detail").asString("")));
            var cursor = page.path("nextCursor").asString("");
            next = cursor.isEmpty() ? "" : path + "&cursor=" + cursor;
        }
        return new RejectedRows(rows);
    }

    /** One line a reason: how many, which rows, and the first one's text. */
    List<String> byReason() {
        var lines = new ArrayList<String>();
        grouped()
                .forEach((reason, group) -> lines.add("      %,10d %s: %s %s%s (%s)"
                        .formatted(
                                group.size(),
                                reason,
                                group.size() == 1 ? "row" : "rows",
                                numbers(group),
                                spans(group).size() > MOST_SHOWN ? " and more" : "",
                                group.getFirst().text())));
        return lines;
    }

    boolean areMoreThanShown() {
        return grouped().values().stream().anyMatch(group -> group.size() > 1);
    }

    private Map<String, List<Rejected>> grouped() {
        var groups = new TreeMap<String, List<Rejected>>();
        for (var row : rows)
            groups.computeIfAbsent(row.reason(), reason -> new ArrayList<>()).add(row);
        return groups;
    }

    private static String numbers(List<Rejected> group) {
        return String.join(", ", spans(group).stream().limit(MOST_SHOWN).toList());
    }

    /** Neighbours as one: {@code 3, 7-9}. */
    private static List<String> spans(List<Rejected> group) {
        var spans = new ArrayList<String>();
        for (int from = 0; from < group.size(); ) {
            int to = from;
            while (to + 1 < group.size()
                    && group.get(to + 1).row() == group.get(to).row() + 1) to++;
            long first = group.get(from).row();
            spans.add(
                    to == from
                            ? Long.toString(first)
                            : "%d-%d".formatted(first, group.get(to).row()));
            from = to + 1;
        }
        return spans;
    }

    /** The import with them as {@code rejectedRows}. */
    ObjectNode addedTo(JsonNode done) {
        var added = (ObjectNode) done;
        var all = added.putArray("rejectedRows");
        for (var row : rows)
            all.addObject().put("row", row.row()).put("reason", row.reason()).put("text", row.text());
        return added;
    }

    void writeTo(Path file) {
        try (var csv = CsvWriter.builder().build(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            csv.writeRecord("row", "reason", "text");
            for (var row : rows) csv.writeRecord(Long.toString(row.row()), row.reason(), row.text());
        } catch (IOException e) {
            throw Problem.invalid("rejected_unwritable", "the rejected rows cannot be written to %s".formatted(file));
        }
    }
}
