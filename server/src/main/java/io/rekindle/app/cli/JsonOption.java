package io.rekindle.app.cli;

import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code --json}: the result for machines, on standard output. */
final class JsonOption {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    /** Prints the value as JSON when asked to, else runs {@code words}. */
    void print(Object value, Runnable words) {
        if (json) System.out.println(JSON.writeValueAsString(value));
        else words.run();
    }
}
