package io.rekindle.simulator.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Breaks requests. The same request number of the same seed is broken the same way, whoever sends it when. */
final class Mutations {
    private static final String[] VALUES = {
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\" \"",
        "0",
        "-0",
        "-1",
        "1e999",
        "1e-999999999",
        "123456789012345678901234567890123456789012345678901234567890",
        "0.1234567890123456789012345678901234567890",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud83d\"",
        "\"2026-02-30T25:61:00Z\"",
        "\"9999999-01-01T00:00:00Z\"",
        "\"-000001-01-01T00:00:00Z\"",
        "\"undefined\"",
        "\"track\"",
        "\"Order Completed\"",
        "\"someone@example.com\"",
        "\"+86 138 0013 8000\"",
        "\"http://a/?q=%zz&email=%\"",
        "[[[[[[[[{}]]]]]]]]",
        "[null,{\"price\":\"1e99999\",\"quantity\":-1e999}]",
        "{\"\":{\"\":\"\"}}",
        "{\"a\":1,\"a\":2}",
        "{\"__proto__\":{}}",
        "\"\\u202e\\ufeff\\ufffe\"",
        "\"'; drop table events; --\"",
        "\"{{ 7 | times: 7 }}\"",
        "\"name\\nwith\\tcontrols\\u0007\"",
        "NaN",
        "'single'",
        "// comment",
        "\u00a0",
    };
    private static final String[] NAMES = {
        "userId",
        "anonymousId",
        "messageId",
        "type",
        "event",
        "name",
        "traits",
        "context",
        "properties",
        "timestamp",
        "originalTimestamp",
        "sentAt",
        "batch",
        "writeKey",
        "products",
        "total",
        "revenue",
        "currency",
        "email",
        "phone",
        "groupId",
        "previousId",
        "",
        "a@b.example",
        "\\u0000",
    };
    private static final String[] PATHS = {
        "/v1/batch",
        "/v1/batch/",
        "/v1/import/",
        "/v1/track",
        "/v1/identify",
        "/v1/page",
        "/v1/screen",
        "/v1/group",
        "/v1/alias",
        "/v1/t",
        "/v1/b",
        "/v1/dance",
        "/v1/",
        "/v1",
        "/v1//v1/import/",
        "/api/s/track",
        "/api/s/",
        "/v1/%74rack",
        "/v1/track;x=1",
        "/v1/../v1/track",
        "/v1/projects/x/settings",
        "/v1/sourceConfig",
        "/v1/track%00",
        "/v1/%ff",
    };
    private static final String[] HEADERS = {
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/json; charset=utf-16",
        "Content-Type: nonsense",
        "Content-Encoding: gzip",
        "Content-Encoding: br",
        "Origin: null",
        "Origin: http://shop.example\tx",
        "Authorization: Basic",
        "Authorization: Basic %%%",
        "Authorization: Bearer x",
        "X-Write-Key: ",
        "X-Write-Key: nobody",
        "Prefer: ",
        "Accept-Language: *;q=x",
        "Cookie: JSESSIONID=../../x",
        "X-Forwarded-For: ' or 1=1",
        "X-HTTP-Method-Override: DELETE",
        "Expect: 200-fine",
        "Range: bytes=0-1",
        "If-None-Match: *",
        "Connection: upgrade",
    };

    private final SplittableRandom random;

    Mutations(SplittableRandom random) {
        this.random = random;
    }

    /**
     * One request.
     *
     * @param bytes as they are sent, head and body
     * @param path asked for
     * @param body before it was framed
     * @param isWhole when its framing is right and another may follow it
     */
    @SuppressWarnings("ArrayRecordComponent") // sent, never compared
    record Wire(byte[] bytes, String path, byte[] body, boolean isWhole) {}

    Wire broken(Recorded given, List<Recorded> others) {
        var method = given.method();
        var path = given.path();
        var headers = new ArrayList<>(given.headers());
        var body = given.body();
        boolean chunked = false;
        boolean lies = false;
        int mutations = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(4);
        for (int i = 0; i < mutations; i++) {
            switch (random.nextInt(24)) {
                case 0 -> path = PATHS[random.nextInt(PATHS.length)];
                case 1 -> headers.add(random.nextInt(headers.size() + 1), HEADERS[random.nextInt(HEADERS.length)]);
                case 2 -> {
                    if (!headers.isEmpty()) headers.remove(random.nextInt(headers.size()));
                }
                case 3 ->
                    method = new String[] {"GET", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACK"}[random.nextInt(6)];
                case 4 -> chunked = true;
                case 5 -> lies = random.nextInt(4) == 0;
                case 6 -> body = bytes(body);
                case 7 -> body = Arrays.copyOf(body, random.nextInt(body.length + 1));
                case 8 ->
                    body = spliced(
                            body, others.get(random.nextInt(others.size())).body());
                case 9 -> body = zipped(body);
                case 10 ->
                    body = new String(body, StandardCharsets.UTF_8)
                            .getBytes(List.of(
                                            StandardCharsets.UTF_16,
                                            StandardCharsets.UTF_16LE,
                                            StandardCharsets.UTF_16BE,
                                            StandardCharsets.UTF_32)
                                    .get(random.nextInt(4)));
                case 11 -> body = marked(body);
                case 12 -> body = text(body).replace("\"context\"", NESTED).getBytes(StandardCharsets.UTF_8);
                case 13 -> body = large(body);
                default -> body = structure(body);
            }
        }
        return wire(method, path, headers, body, chunked, lies);
    }

    private static final String NESTED = "\"deep\":" + "[".repeat(600) + "]".repeat(600) + ",\"context\"";

    private Wire wire(String method, String path, List<String> headers, byte[] body, boolean chunked, boolean lies) {
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (var header : headers) head.append(header).append("\r\n");
        // Always asked for, so that the fate of each item is told.
        head.append("Prefer: return=representation\r\n");
        var out = new ByteArrayOutputStream(body.length + 512);
        boolean isWhole = !lies;
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n\r\n");
            out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
            isWhole &= chunks(out, body);
        } else {
            int length = lies ? body.length + random.nextInt(-body.length, 50) : body.length;
            head.append("Content-Length: ").append(length).append("\r\n\r\n");
            out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
            out.writeBytes(body);
        }
        return new Wire(out.toByteArray(), path, body, isWhole);
    }

    private boolean chunks(ByteArrayOutputStream out, byte[] body) {
        boolean isRight = random.nextInt(5) > 0;
        int done = 0;
        while (done < body.length) {
            int size = Math.min(body.length - done, 1 + random.nextInt(2_000));
            int told = !isRight && random.nextInt(4) == 0 ? size + random.nextInt(1, 9) : size;
            out.writeBytes((Integer.toHexString(told) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, done, size);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            done += size;
        }
        if (isRight || random.nextBoolean()) out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return isRight;
    }

    private byte[] bytes(byte[] body) {
        if (body.length == 0) return body;
        var changed = body.clone();
        for (int i = random.nextInt(1, 6); i > 0; i--)
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        return changed;
    }

    private byte[] spliced(byte[] body, byte[] other) {
        int end = random.nextInt(body.length + 1);
        int from = random.nextInt(other.length + 1);
        var joined = Arrays.copyOf(body, end + other.length - from);
        System.arraycopy(other, from, joined, end, other.length - from);
        return joined;
    }

    private byte[] zipped(byte[] body) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(random.nextInt(20) == 0 ? new byte[4_000_000] : body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(out.toByteArray(), random.nextInt(out.size() + 1));
            case 1 -> bytes(out.toByteArray());
            default -> out.toByteArray();
        };
    }

    private static byte[] marked(byte[] body) {
        var marked = new byte[body.length + 3];
        marked[0] = (byte) 0xef;
        marked[1] = (byte) 0xbb;
        marked[2] = (byte) 0xbf;
        System.arraycopy(body, 0, marked, 3, body.length);
        return marked;
    }

    private byte[] large(byte[] body) {
        int size = List.of(31_000, 33_000, 200_000, 600_000).get(random.nextInt(4));
        return text(body)
                .replaceFirst("\"(properties|traits)\":\\{", "\"$1\":{\"pad\":\"" + "x".repeat(size) + "\",")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Puts another value in the place of one, or another name in the place of one, or takes a thing out or twice. */
    private byte[] structure(byte[] body) {
        var text = text(body);
        var tokens = tokens(text);
        if (tokens.isEmpty()) return body;
        var token = tokens.get(random.nextInt(tokens.size()));
        int from = token[0];
        int to = token[1];
        var given = text.substring(from, to);
        boolean isName = to < text.length() && text.charAt(to) == ':';
        var instead = isName
                ? "\"" + NAMES[random.nextInt(NAMES.length)] + "\""
                : switch (random.nextInt(8)) {
                    case 0 -> given + "," + given;
                    case 1 -> "";
                    case 2 -> "[" + given + "]";
                    case 3 -> {
                        var other = tokens.get(random.nextInt(tokens.size()));
                        yield text.substring(other[0], other[1]);
                    }
                    default -> VALUES[random.nextInt(VALUES.length)];
                };
        return (text.substring(0, from) + instead + text.substring(to)).getBytes(StandardCharsets.UTF_8);
    }

    /** Where strings, numbers, literals and whole objects and arrays stand. */
    private static List<int[]> tokens(String text) {
        var tokens = new ArrayList<int[]>();
        var open = new ArrayList<Integer>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                int from = i++;
                while (i < text.length() && text.charAt(i) != '"') i += text.charAt(i) == '\\' ? 2 : 1;
                tokens.add(new int[] {from, Math.min(i + 1, text.length())});
            } else if (c == '{' || c == '[') {
                open.add(i);
            } else if ((c == '}' || c == ']') && !open.isEmpty()) {
                tokens.add(new int[] {open.removeLast(), i + 1});
            } else if (Character.isLetterOrDigit(c) || c == '-') {
                int from = i;
                while (i + 1 < text.length() && ",]} ".indexOf(text.charAt(i + 1)) < 0) i++;
                tokens.add(new int[] {from, i + 1});
            }
        }
        return tokens;
    }
}
