package io.rekindle.app.cli;

import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A definition from a file, or from standard input when the file is called {@code -}. */
final class JsonInput {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonInput() {}

    /** The object there; a {@link Problem} in one line when there is none. */
    static ObjectNode read(String file) {
        String text;
        try {
            text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new Problem(
                    Problem.Kind.NOT_FOUND, "file_not_found", "the file %s cannot be read".formatted(file), List.of());
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) return object;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw Problem.invalid(
                    "file_not_json",
                    "%s is not well-formed JSON at line %d, column %d"
                            .formatted(file, at == null ? 0 : at.getLineNr(), at == null ? 0 : at.getColumnNr()));
        }
        throw Problem.invalid("file_not_json", "%s holds no JSON object".formatted(file));
    }
}
