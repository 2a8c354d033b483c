package io.rekindle.simulator.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** How many items a call holds, counted by whoever sends it: what a server drops without a word is missed by nobody else. */
final class Items {
    static final int UNKNOWN = -1;

    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> BATCHES = Set.of("batch", "import", "b");

    private Items() {}

    /** {@link #UNKNOWN} where the body cannot be read here. */
    static int in(String path, byte[] body) {
        var plain = path.replaceAll("[?#].*", "").replaceAll("/+$", "");
        if (!BATCHES.contains(plain.substring(plain.lastIndexOf('/') + 1))) return 1;
        boolean isZipped = body.length > 1 && body[0] == (byte) 0x1f && body[1] == (byte) 0x8b;
        try (var in = isZipped ? new GZIPInputStream(new ByteArrayInputStream(body)) : new ByteArrayInputStream(body)) {
            return in(in);
        } catch (IOException | JacksonException unreadable) {
            return UNKNOWN;
        }
    }

    /** A key that stands there twice counts twice: the intake goes through the bytes once. */
    private static int in(InputStream body) {
        int items = 0;
        try (var in = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (in.nextToken() != JsonToken.START_OBJECT) return UNKNOWN;
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = in.currentName();
                if (in.nextToken() != JsonToken.START_ARRAY || !name.equals("batch")) {
                    in.skipChildren();
                    continue;
                }
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    items++;
                    in.skipChildren();
                }
            }
        }
        return items;
    }
}
