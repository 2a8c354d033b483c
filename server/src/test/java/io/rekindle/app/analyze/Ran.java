package io.rekindle.app.analyze;

import io.rekindle.app.cli.RekindleCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command line that was run: its exit code and what it printed. */
record Ran(int code, String out, String err) {
    /** Runs {@code rekindle analyze …}. */
    static Ran analyze(String... arguments) {
        var all = new ArrayList<>(List.of("analyze"));
        all.addAll(List.of(arguments));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var outBefore = System.out;
        var errBefore = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int code = RekindleCommand.run(all.toArray(new String[0]));
            return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    JsonNode json() {
        return JsonMapper.builder().build().readTree(out);
    }

    /** The last line on standard error: the failure's. */
    String failure() {
        return err.lines().reduce((one, other) -> other).orElse("");
    }
}
