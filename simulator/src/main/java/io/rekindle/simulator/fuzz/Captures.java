package io.rekindle.simulator.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Requests recorded from clients, one JSON object a line: method, url, rawHeaders (names and values in turn), body. */
public final class Captures {
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "host",
            "connection",
            "accept-encoding",
            "content-length",
            "transfer-encoding",
            "content-encoding",
            "expect",
            "upgrade",
            "prefer");
    private static final List<String> KEYS = List.of("WK_TEST", "WK_TEST2");
    private static final JsonFactory JSON = new JsonFactory();

    private Captures() {}

    /** Those of every file of a folder; none when there is no such folder. */
    public static List<Recorded> in(Path folder) throws IOException {
        var all = new ArrayList<Recorded>();
        if (!Files.isDirectory(folder)) return all;
        try (var files = Files.list(folder)) {
            for (var file : files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList())
                for (var line : Files.readAllLines(file)) all.add(read(line.getBytes(StandardCharsets.UTF_8)));
        }
        return all;
    }

    private static Recorded read(byte[] line) {
        var method = "";
        var path = "";
        var body = "";
        var headers = new ArrayList<String>();
        try (var in = JSON.createParser(ObjectReadContext.empty(), line)) {
            in.nextToken();
            while (in.nextToken() != JsonToken.END_OBJECT) {
                var name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "method" -> method = in.getString();
                    case "url" -> path = in.getString();
                    case "body" -> body = object(in, line);
                    case "rawHeaders" -> headers.addAll(headers(in));
                    default -> in.skipChildren();
                }
            }
        }
        return IntakeFuzz.recorded(method, path, headers, body, KEYS);
    }

    private static String object(JsonParser in, byte[] line) {
        if (in.currentToken() != JsonToken.START_OBJECT) return "";
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        int to = (int) in.currentTokenLocation().getByteOffset() + 1;
        return new String(line, from, to - from, StandardCharsets.UTF_8);
    }

    private static List<String> headers(JsonParser in) {
        var headers = new ArrayList<String>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            var name = in.getString();
            in.nextToken();
            if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) headers.add(name + ": " + in.getString());
        }
        return headers;
    }
}
