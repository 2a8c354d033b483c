package io.rekindle.rights;

import de.siegmar.fastcsv.writer.CsvWriter;
import io.rekindle.access.AccessLog;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalArchive;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Problem;
import io.rekindle.platform.SystemClock;
import io.rekindle.profile.Profiles;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything held about one person, to be handed to them: a page to read ({@code index.html}), the same for programs
 * ({@code data.json}) and a table for each part ({@code csv/}). Nothing is kept of it here.
 */
@Component
public class Archives {
    /** Who of the company did something is not the person's to know by name. */
    private static final Set<String> OF_STAFF = Set.of("actor", "created_by", "requested_by", "decided_by");

    private final JdbcClient jdbc;
    private final Warehouse warehouse;
    private final Persons persons;
    private final PersonalRows rows;
    private final Profiles profiles;
    private final SystemClock clock;
    private final AuditTrail audit;
    private final JsonMapper json;
    private final AccessLog accesses;

    Archives(
            JdbcClient jdbc,
            Warehouse warehouse,
            Persons persons,
            PersonalRows rows,
            Profiles profiles,
            SystemClock clock,
            AuditTrail audit,
            JsonMapper json,
            AccessLog accesses) {
        this.accesses = accesses;
        this.jdbc = jdbc;
        this.warehouse = warehouse;
        this.persons = persons;
        this.rows = rows;
        this.profiles = profiles;
        this.clock = clock;
        this.audit = audit;
        this.json = json;
    }

    /** One table of an archive. */
    record Part(String module, String name, List<String> columns, List<List<@Nullable Object>> rows) {
        private String file() {
            return "csv/%s-%s.csv".formatted(module, name);
        }
    }

    /** An archive that was put together and is not written yet. */
    public final class Archive {
        private final CustomerId customer;
        private final Instant madeAt;
        private final List<Part> parts;

        private Archive(CustomerId customer, Instant madeAt, List<Part> parts) {
            this.customer = customer;
            this.madeAt = madeAt;
            this.parts = parts;
        }

        /** Writes it as a zip file. */
        public void writeTo(OutputStream out) {
            try (var zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
                entry(zip, "index.html", writer -> page(writer, customer, madeAt, parts));
                entry(
                        zip,
                        "data.json",
                        writer -> writer.write(json.writerWithDefaultPrettyPrinter()
                                .writeValueAsString(document(customer, madeAt, parts))));
                for (var part : parts) entry(zip, part.file(), writer -> csv(writer, part));
            } catch (IOException e) {
                throw new UncheckedIOException("the archive could not be handed over", e);
            }
        }
    }

    /**
     * Puts the archive of a person together; {@code customer_not_found} when there is none. It is all in clear, so who may not
     * see that now gets none.
     */
    public Archive of(CustomerId asked) {
        if (!profiles.exists(asked))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", asked);
        if (!accesses.showsClear(Caller.current()))
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "archive_of_personal_data",
                    "an archive holds personal data in clear: it is for those who may see it, with a reason where one is asked for");
        var person = persons.of(List.of(asked));
        var parts = new ArrayList<Part>();
        PersonalArchive collecting = (module, name, columns, lines) -> {
            if (!lines.isEmpty()) parts.add(new Part(module, name, columns, lines));
        };
        for (var holder : rows.holders()) {
            holder.export(person, collecting);
            for (var table : holder.tables()) state(holder.module(), table, person, collecting);
        }
        history(person, collecting);
        accesses.looked(Map.of(person.id(), Set.of("archive")));
        audit.record("archive.made", "customer " + person.id(), "%d parts".formatted(parts.size()));
        return new Archive(person.id(), clock.instant(), List.copyOf(parts));
    }

    private void state(String module, PersonalTable table, Person person, PersonalArchive into) {
        if (table.customer().isEmpty()) return;
        var columns = new ArrayList<String>();
        var lines = new ArrayList<List<@Nullable Object>>();
        jdbc.sql("select * from %s where %s".formatted(table.name(), PersonalRows.isOf(table)))
                .param("ids", new SqlArrayValue("bigint", (Object[]) person.idValues()))
                .query(row -> {
                    var meta = row.getMetaData();
                    if (columns.isEmpty())
                        for (int i = 1; i <= meta.getColumnCount(); i++)
                            if (!meta.getColumnTypeName(i).equals("bytea") && !OF_STAFF.contains(meta.getColumnName(i)))
                                columns.add(meta.getColumnName(i));
                    var line = new ArrayList<@Nullable Object>();
                    for (var column : columns) line.add(readable(row.getObject(column)));
                    lines.add(line);
                });
        into.add(module, table.name(), columns, lines);
    }

    private static @Nullable Object readable(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case PGobject other -> other.getValue();
            // As text: a number of that size is not one in every program.
            case Long number -> number.toString();
            case Number number -> number;
            case Boolean truth -> truth;
            case java.sql.Timestamp at -> at.toInstant().toString();
            case OffsetDateTime at -> at.toInstant().toString();
            default -> value.toString();
        };
    }

    private void history(Person person, PersonalArchive into) {
        var columns = new LinkedHashMap<String, List<String>>();
        warehouse.stream(
                Sql.of("""
                        select c.table_name, c.column_name from information_schema.columns c
                        join information_schema.tables t on t.table_name = c.table_name and t.table_type = 'BASE TABLE'
                        where t.table_catalog = current_database() and c.table_catalog = current_database()
                        order by c.table_name, c.ordinal_position
                        """),
                row -> columns.computeIfAbsent(row.text("table_name"), name -> new ArrayList<>())
                        .add(row.text("column_name")));
        columns.forEach((table, names) -> {
            if (!names.contains("customer_id")) return;
            var ids = Sql.join(
                    ", ",
                    person.ids().stream().map(id -> Sql.of("?", id.value())).toList());
            // Names come from DuckDB's own catalogue.
            var select = names.stream()
                    .map(n -> "cast(\"%1$s\" as varchar) as \"%1$s\"".formatted(n))
                    .collect(Collectors.joining(", "));
            var lines = new ArrayList<List<@Nullable Object>>();
            warehouse.stream(
                    Sql.of("select %s from \"%s\" where customer_id in".formatted(select, table))
                            .then(ids.inParentheses()),
                    row -> {
                        var line = new ArrayList<@Nullable Object>();
                        for (var name : names) line.add(row.nullableText(name));
                        lines.add(line);
                    });
            into.add("history", table, names, lines);
        });
    }

    private interface Content {
        void writeTo(Writer writer) throws IOException;
    }

    private static void entry(ZipOutputStream zip, String name, Content content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        var writer = new OutputStreamWriter(zip, StandardCharsets.UTF_8);
        content.writeTo(writer);
        writer.flush();
        zip.closeEntry();
    }

    /** What {@code data.json} holds. */
    record Document(CustomerId customerId, Instant madeAt, List<JsonPart> parts) {}

    record JsonPart(String module, String name, List<Map<String, @Nullable Object>> rows) {}

    private static Document document(CustomerId customer, Instant madeAt, List<Part> parts) {
        return new Document(
                customer,
                madeAt,
                parts.stream()
                        .map(part -> new JsonPart(
                                part.module(),
                                part.name(),
                                part.rows().stream()
                                        .map(row -> named(part.columns(), row))
                                        .toList()))
                        .toList());
    }

    private static Map<String, @Nullable Object> named(List<String> columns, List<@Nullable Object> row) {
        var named = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < columns.size(); i++) named.put(columns.get(i), row.get(i));
        return named;
    }

    private static void csv(Writer writer, Part part) throws IOException {
        // Spreadsheets take a file for UTF-8 by these bytes only.
        writer.write('\ufeff');
        try (var csv = CsvWriter.builder().build(unclosed(writer))) {
            csv.writeRecord(part.columns());
            for (var row : part.rows())
                csv.writeRecord(row.stream().map(Archives::cell).toList());
        }
    }

    /** A text that a spreadsheet would take for a formula is kept one by a quote before it. */
    private static String cell(@Nullable Object value) {
        var text = Objects.toString(value, "");
        boolean mayBe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return mayBe && !(text.charAt(0) == '-' && value instanceof Number) ? "'" + text : text;
    }

    private static Writer unclosed(Writer writer) {
        return new java.io.FilterWriter(writer) {
            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    private static void page(Writer writer, CustomerId customer, Instant madeAt, List<Part> parts) throws IOException {
        writer.write("""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>What is held about you · 我们保存的关于您的信息</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328 }
                h2 { margin-top: 2.5rem } .table { overflow-x: auto } table { border-collapse: collapse; font-size: 14px }
                th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-bottom: 1px solid #d8dee4 }
                th { background: #f3f5f7 } td { max-width: 32rem; overflow-wrap: anywhere } .note { color: #59636e }
                </style></head><body>
                <h1>What is held about you<br><span lang="zh">我们保存的关于您的信息</span></h1>
                <p>This archive holds everything this installation has stored about you. The same is in <code>data.json</code>
                for programs and in the folder <code>csv</code> for spreadsheets.</p>
                <p lang="zh">本压缩包包含本系统存储的关于您的全部信息。<code>data.json</code> 供程序读取，<code>csv</code> 文件夹供电子表格读取。</p>
                """);
        writer.write("<p class=\"note\">Made at · 生成时间 %s · customer · 客户 %s</p>\n<ul>\n".formatted(madeAt, customer));
        for (var part : parts)
            writer.write("<li><a href=\"#%1$s-%2$s\">%3$s</a> (%4$d)</li>\n"
                    .formatted(
                            part.module(),
                            part.name(),
                            escaped(title(part)),
                            part.rows().size()));
        writer.write("</ul>\n");
        for (var part : parts) {
            writer.write("<h2 id=\"%s-%s\">%s</h2>\n<div class=\"table\"><table><thead><tr>"
                    .formatted(part.module(), part.name(), escaped(title(part))));
            for (var column : part.columns()) writer.write("<th>" + escaped(column.replace('_', ' ')) + "</th>");
            writer.write("</tr></thead><tbody>\n");
            for (var row : part.rows()) {
                writer.write("<tr>");
                for (var value : row) writer.write("<td>" + escaped(Objects.toString(value, "")) + "</td>");
                writer.write("</tr>\n");
            }
            writer.write("</tbody></table></div>\n");
        }
        writer.write("</body></html>\n");
    }

    private static String title(Part part) {
        var words = TITLES.get(part.module() + "-" + part.name());
        return words != null ? words : part.module() + ": " + part.name().replace('_', ' ');
    }

    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("profile-fields", "Who you are · 您的资料"),
            Map.entry("profile-traits", "What you told us · 您提供的属性"),
            Map.entry("profile-customers", "First and last seen · 首次与最近到访"),
            Map.entry("identity-identifiers", "Identifiers, as keyed hashes · 标识（加密散列）"),
            Map.entry("consent-consents", "Permissions · 授权同意"),
            Map.entry("consent-proofs", "What shows them · 授权凭证"),
            Map.entry("consent-not_written_to", "Addresses of yours we do not write to · 不再联系的地址"),
            Map.entry("deliver-messages", "Messages to you · 发送给您的消息"),
            Map.entry("collect-not_used", "What came in and could not be used · 未能使用的数据"),
            Map.entry("plan-coupons", "Coupons · 优惠券"),
            Map.entry("history-events", "What you did · 行为记录"),
            Map.entry("history-orders", "Orders · 订单"),
            Map.entry("history-order_lines", "What was in your orders · 订单明细"),
            Map.entry("history-decisions", "Decisions about you · 关于您的决策"),
            Map.entry("history-outcomes", "What followed them · 结果"),
            Map.entry("history-tier_changes", "Value tiers · 价值分层"),
            Map.entry("history-stage_changes", "Life-cycle stages · 生命周期阶段"),
            Map.entry("history-score_changes", "Scores · 评分"),
            Map.entry("history-consent_changes", "Changes of permissions · 授权变更"),
            Map.entry("history-trait_changes", "Changes of what you told us · 属性变更"),
            Map.entry("history-messages", "Course of messages · 消息状态"));

    private static String escaped(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }
}
