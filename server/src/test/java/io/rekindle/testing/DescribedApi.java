package io.rekindle.testing;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * docs/api/openapi.json, taken at its word: an answer of the server must have every field that is required, no field
 * that is not described, and only values of the described type.
 */
public final class DescribedApi {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String HERE = "https://rekindle.invalid/openapi.json";
    private static final Path FILE = Path.of(System.getProperty("rekindle.root"), "docs", "api", "openapi.json");

    private final JsonNode api;
    private final SchemaRegistry schemas;

    private DescribedApi(JsonNode api) {
        this.api = api;
        this.schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(id -> HERE.equals(id) ? api.toString() : null));
    }

    public static DescribedApi checkedIn() {
        try {
            return of(JSON.readTree(Files.readString(FILE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DescribedApi of(JsonNode api) {
        api.path("components").path("schemas").forEach(DescribedApi::close);
        return new DescribedApi(api);
    }

    /** An open object lets a field pass that nobody described; in the file it stays open, for fields to come. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties"))
            object.put("additionalProperties", false);
        schema.forEach(DescribedApi::close);
    }

    /** The paths of the management API that can be read. */
    public List<String> readable() {
        var paths = new ArrayList<String>();
        for (var path : api.path("paths").properties())
            if (path.getValue().has("get") && path.getKey().startsWith("/api/")) paths.add(path.getKey());
        return paths;
    }

    /** Where an answer is not what the description says; empty when it is. */
    public List<String> faults(String method, String path, int status, String body) {
        var answers = api.path("paths")
                .path(path)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses");
        var described = answers.path(Integer.toString(status));
        var name = described.isMissingNode() ? "default" : Integer.toString(status);
        var content = answers.path(name).path("content");
        if (content.isMissingNode() || content.isEmpty())
            return body.isEmpty()
                    ? List.of()
                    : List.of("%s %s answers %d, which is not described".formatted(method, path, status));
        var faults = new ArrayList<String>();
        for (var media : content.propertyNames()) {
            var pointer = "#/paths/%s/%s/responses/%s/content/%s/schema"
                    .formatted(escaped(path), method.toLowerCase(Locale.ROOT), name, escaped(media));
            Schema schema = schemas.getSchema(SchemaLocation.of(HERE + pointer));
            schema.validate(body, InputFormat.JSON)
                    .forEach(fault -> faults.add("%s %s: %s".formatted(method, path, fault)));
        }
        return faults;
    }

    private static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
    }
}
