package io.rekindle.collect.pulls;

import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/** Rows of a database on their way into a file of JSON lines, which then comes in as every file does. */
final class Spool implements SourceDatabase.Rows, AutoCloseable {
    private static final int LOOK_EVERY = 1_000;
    /** Not a number is what some databases keep among numbers. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d*)?([eE][+-]?\\d{1,3})?");

    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,3})?");

    private final Path file;
    private final List<SourceDatabase.Column> columns;
    private final int watermarkAt;
    private final SourceDatabase.@Nullable Watermark kind;
    private final String latest;
    private final long largest;
    private final BooleanSupplier mayGoOn;
    private final JsonGenerator json;
    private long rows;
    private @Nullable String highest;

    /**
     * @param watermark the column; null when there is none
     * @param latest a time beyond it is no watermark: a year mistyped would let nothing come in any more
     * @param mayGoOn asked now and then
     */
    Spool(
            Path file,
            List<SourceDatabase.Column> columns,
            @Nullable String watermark,
            Instant latest,
            DataSize largest,
            BooleanSupplier mayGoOn) {
        this.file = file;
        this.columns = columns;
        this.watermarkAt =
                columns.stream().map(SourceDatabase.Column::name).toList().indexOf(watermark);
        this.kind = watermarkAt < 0 ? null : columns.get(watermarkAt).watermark();
        this.latest = latest.toString().replace("Z", "");
        this.largest = largest.toBytes();
        this.mayGoOn = mayGoOn;
        try {
            OwnerOnly.folderOf(file);
            Files.deleteIfExists(file);
            json = new JsonFactory()
                    .createGenerator(
                            tools.jackson.core.ObjectWriteContext.empty(),
                            new BufferedOutputStream(Files.newOutputStream(OwnerOnly.newFile(file)), 1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException("what is pulled cannot be kept", e);
        }
    }

    /** Stops the reading: the server is stopping. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("the server is stopping", null, false, false);
        }
    }

    @Override
    public void row(List<@Nullable Object> values) {
        if (rows % LOOK_EVERY == 0) look();
        rows++;
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            var value = values.get(i);
            var column = columns.get(i);
            json.writeName(column.name());
            switch (value) {
                case null -> json.writeNull();
                case Boolean yes -> json.writeBoolean(yes);
                case SourceDatabase.Moment(var text) -> {
                    json.writeStartObject();
                    json.writeStringProperty("$date", text);
                    json.writeEndObject();
                }
                case String number
                when column.form() == SourceDatabase.Form.NUMBER
                        && JSON_NUMBER.matcher(number).matches() -> json.writeNumber(number);
                default -> json.writeString(value.toString());
            }
        }
        json.writeEndObject();
        json.writeRaw('\n');
        if (watermarkAt >= 0) seen(values.get(watermarkAt));
    }

    private void look() {
        if (!mayGoOn.getAsBoolean()) throw new Stopped();
        json.flush();
        try {
            if (Files.size(file) > largest)
                throw Problem.of(
                        Problem.Kind.OUTSIDE,
                        "pull_too_large",
                        "there is more than rekindle.pulls.largest allows at once; pull less by a narrower query, or raise it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void seen(@Nullable Object value) {
        var text = value instanceof SourceDatabase.Moment(var time) ? time : value == null ? null : value.toString();
        if (text == null || kind == null) return;
        var before = highest;
        boolean higher = switch (kind) {
            case NUMBER ->
                NUMBER.matcher(text).matches()
                        && (before == null || new BigDecimal(text).compareTo(new BigDecimal(before)) > 0);
            case DAY ->
                value instanceof SourceDatabase.Moment
                        && text.compareTo(latest.substring(0, 10)) <= 0
                        && (before == null || LocalDate.parse(text).isAfter(LocalDate.parse(before)));
            case LOCAL_TIME ->
                value instanceof SourceDatabase.Moment
                        && LocalDateTime.parse(text).isBefore(LocalDateTime.parse(latest))
                        && (before == null || LocalDateTime.parse(text).isAfter(LocalDateTime.parse(before)));
            case MOMENT ->
                value instanceof SourceDatabase.Moment
                        && Instant.parse(text).isBefore(Instant.parse(latest + "Z"))
                        && (before == null || Instant.parse(text).isAfter(Instant.parse(before)));
        };
        if (higher) highest = text;
    }

    long rows() {
        return rows;
    }

    /** The highest watermark among the rows; null when none has one. */
    @Nullable
    String highest() {
        return highest;
    }

    @Override
    public void close() {
        json.close();
    }
}
