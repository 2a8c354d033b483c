package io.rekindle.app.analyze;

import io.rekindle.platform.Problem;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One command of {@code rekindle analyze}: the options all of them share, and what becomes of the outcome. A command
 * reads its files, calls the models and gives an {@link Outcome}; what the models refuse with a message is told in one
 * line, with exit code 1.
 */
abstract class Analysis implements Runnable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
    private static final int GLANCE = 10;

    /** Options that name a file to be written. */
    private static final Set<String> WRITTEN =
            Set.of("--output", "--chart", "--clusters", "--assignments", "--save-model");

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the rows to this file, CSV (.csv, .csv.gz) or Parquet (.parquet).")
    private @Nullable Path output;

    @Option(names = "--json", description = "Print results and card as JSON; the rows too when there is no --output.")
    private boolean json;

    @Option(names = "--chart", paramLabel = "FILE.html", description = "Write a page with the charts, whole in itself.")
    private @Nullable Path chart;

    @Option(
            names = "--seed",
            description =
                    "Of everything drawn at random; the same seed gives the same result (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Does the work. */
    abstract Outcome analyse(Progress progress);

    final long seed() {
        return seed;
    }

    /** Whether charts are asked for: they may take time of their own. */
    final boolean wantsCharts() {
        return chart != null;
    }

    @Override
    public final void run() {
        if (output != null) ResultFile.check(output, "--output", ".csv", ".csv.gz", ".parquet");
        if (chart != null) ResultFile.check(chart, "--chart", ".html");
        checkOverwriting();
        var progress = new Progress(System.err);
        Outcome outcome;
        try {
            outcome = analyse(progress);
            if (output != null) {
                progress.begin("writing " + output);
                ResultFile.write(outcome.rows(), output);
                progress.end("%,d rows".formatted(outcome.rows().size()));
            }
            if (chart != null) ChartPage.write(command.qualifiedName(), title(), outcome, chart);
        } catch (IllegalArgumentException refused) {
            // The models say what is wrong with the data in a sentence; it is the caller's to mend.
            var problem = Problem.invalid("analysis_refused", String.valueOf(refused.getMessage()));
            problem.initCause(refused);
            throw problem;
        } catch (OutOfMemoryError tooMuch) {
            var problem = Problem.invalid(
                    "memory_short",
                    "this takes more memory than the %,d MB Java may use; give it more with REKINDLE_JAVA_OPTIONS=-Xmx16g, or fewer rows"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
            problem.initCause(tooMuch);
            throw problem;
        } finally {
            progress.finish();
        }
        if (json) printJson(outcome);
        else print(outcome);
    }

    /** No file that is written may be one that is read, or written for another purpose. */
    private void checkOverwriting() {
        var files = command.options().stream()
                .filter(option -> option.getValue() instanceof Path)
                .toList();
        for (var written : files)
            for (var other : files)
                if (!written.longestName().equals(other.longestName())
                        && WRITTEN.contains(written.longestName())
                        // These two exclude each other, and that is told.
                        && !(written.longestName().equals("--save-model")
                                && other.longestName().equals("--model"))
                        && ResultFile.isSame(written.<Path>getValue(), other.<Path>getValue()))
                    throw Problem.invalid(
                            "file_used_twice",
                            "%s %s is the file of %s too; name another"
                                    .formatted(written.longestName(), written.getValue(), other.longestName()));
    }

    /** What the command answers, as its help begins. */
    private String title() {
        var first = command.usageMessage().description()[0];
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private void print(Outcome outcome) {
        for (var line : outcome.words()) System.out.println(line);
        var card = outcome.card().content();
        for (var data : card.data()) System.out.println(data.words());
        for (var warning : card.warnings()) System.out.println("warning: " + warning.message());
        if (output == null) outcome.rows().glance(GLANCE).forEach(System.out::println);
        else
            System.out.println(Figures.agreed(
                    "%,d rows written to %s".formatted(outcome.rows().size(), output)));
        if (chart != null) System.out.println("charts written to " + chart);
    }

    private void printJson(Outcome outcome) {
        // UTF-8 whatever the terminal says: JSON is.
        var out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16);
        try (var generator = JSON.createGenerator(out)) {
            generator.writeStartObject();
            generator.writeStringProperty("analysis", command.name());
            for (var part : finite(JSON.valueToTree(outcome.results())).properties()) {
                generator.writeName(part.getKey());
                generator.writeTree(part.getValue());
            }
            generator.writeName("card");
            generator.writeTree(finite(JSON.valueToTree(outcome.card().content())));
            if (output != null) {
                generator.writeStringProperty("output", output.toString());
                generator.writeNumberProperty("outputRows", outcome.rows().size());
            } else writeRows(generator, outcome.rows());
            generator.writeEndObject();
            generator.writeRaw("\n");
        }
    }

    private static void writeRows(JsonGenerator generator, ResultRows rows) {
        generator.writeArrayPropertyStart("rows");
        var columns = rows.columns();
        for (int row = 0; row < rows.size(); row++) {
            generator.writeStartObject();
            for (var column : columns) {
                switch (column) {
                    case ResultRows.Column.Text(var name, var value, var brief) -> {
                        var text = value.apply(row);
                        if (text == null) generator.writeNullProperty(name);
                        else generator.writeStringProperty(name, text);
                    }
                    case ResultRows.Column.Count(var name, var value) ->
                        generator.writeNumberProperty(name, value.applyAsLong(row));
                    case ResultRows.Column.Decimal(var name, var value) -> {
                        double number = value.applyAsDouble(row);
                        if (Double.isFinite(number)) generator.writeNumberProperty(name, number);
                        else generator.writeNullProperty(name);
                    }
                    case ResultRows.Column.Day day -> {
                        var text = ResultRows.text(day, row);
                        if (text.isEmpty()) generator.writeNullProperty(day.name());
                        else generator.writeStringProperty(day.name(), text);
                    }
                }
            }
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }

    /** JSON has no infinity: what is not finite becomes null. */
    private static JsonNode finite(JsonNode node) {
        switch (node) {
            case ObjectNode object -> {
                for (var part : object.properties()) {
                    if (part.getValue().isDouble()
                            && !Double.isFinite(part.getValue().asDouble())) part.setValue(JSON.nullNode());
                    else finite(part.getValue());
                }
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    if (array.get(i).isDouble() && !Double.isFinite(array.get(i).asDouble())) array.setNull(i);
                    else finite(array.get(i));
                }
            }
            default -> {}
        }
        return node;
    }
}
