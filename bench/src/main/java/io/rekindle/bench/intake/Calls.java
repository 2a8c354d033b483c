package io.rekindle.bench.intake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Writes the calls of one client, in batches or one by one: track events such as a shop sends, each of an account and of
 * the device it signed in with, and now and then an account that says its e-mail address.
 */
final class Calls {
    private static final String[] NAMES = {
        "Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Cart Viewed", "Search Performed"
    };
    private static final int ITEMS_PER_IDENTIFY = 50;
    private static final String[] CATEGORIES = {"shoes", "coats", "tea", "books", "garden"};

    /** A tracking plan the events keep to, for {@code PUT /api/sources/{id}/plan}. */
    static final String PLAN = """
            {"seenVersion":0,"mode":"observe","allowsUnplanned":true,"events":[%s,
              {"type":"identify","schema":{"type":"object","properties":{"plan":{"enum":["basic","gold"]}}}}]}
            """.formatted(
            Arrays.stream(NAMES).distinct().map(name -> """
                    {"type":"track","name":"%s","schema":{"type":"object","required":["product_id","price"],"properties":{
                      "product_id":{"type":"string","maxLength":20},"category":{"type":"string"},
                      "price":{"type":"number","minimum":0},"quantity":{"type":"integer","minimum":1}}}}""".formatted(name)).collect(Collectors.joining(",")));

    /** Every client's messages have a name of their own, also those of another measurement. */
    private final String name;

    private final int batch;
    private final int customers;
    private final boolean plain;
    private final String head;
    private final SplittableRandom random;
    private long messages;

    /**
     * @param batch events a call; 1 for calls that are no batches
     * @param plain no devices and nobody who says an address
     */
    Calls(String name, int batch, int customers, String writeKey, long seed, boolean plain) {
        this.plain = plain;
        this.name = name;
        this.batch = batch;
        this.customers = customers;
        this.random = new SplittableRandom(seed ^ name.hashCode());
        this.head = head(batch == 1 ? "track" : "batch", writeKey);
    }

    private static String head(String call, String writeKey) {
        return "POST /v1/" + call
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(StandardCharsets.UTF_8))
                + "\r\nContent-Length: ";
    }

    /** A call by which a customer says something of themselves. */
    static byte[] identify(String writeKey, String user, String trait, long value) {
        var body = "{\"userId\":\"%s\",\"messageId\":\"%s-%d\",\"traits\":{\"%s\":%d}}"
                .formatted(user, user, value, trait, value);
        return call(head("identify", writeKey), body);
    }

    private static byte[] call(String head, CharSequence body) {
        return (head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    int batch() {
        return batch;
    }

    /** The bytes of the next call, head and body. */
    byte[] next() {
        var body = new StringBuilder(batch * 400 + 100);
        if (batch == 1) {
            item(body);
            return call(head, body);
        }
        body.append("{\"batch\":[");
        for (int i = 0; i < batch; i++) {
            if (i > 0) body.append(',');
            item(body);
        }
        body.append("],\"context\":{\"library\":{\"name\":\"bench\",\"version\":\"1\"}}}");
        return call(head, body);
    }

    private void item(StringBuilder body) {
        int product = random.nextInt(5_000);
        int customer = random.nextInt(customers);
        if (!plain && batch > 1 && random.nextInt(ITEMS_PER_IDENTIFY) == 0) {
            body.append("{\"type\":\"identify\",\"userId\":\"user-")
                    .append(customer)
                    .append("\",\"anonymousId\":\"device-")
                    .append(customer)
                    .append("\",\"messageId\":\"bench-")
                    .append(name)
                    .append('-')
                    .append(messages++)
                    .append("-0123456789abcdef\",\"traits\":{\"email\":\"user-")
                    .append(customer)
                    .append("@shop.example\",\"plan\":\"basic\"}}");
            return;
        }
        body.append("{\"type\":\"track\",\"userId\":\"user-").append(customer);
        if (!plain) body.append("\",\"anonymousId\":\"device-").append(customer);
        body.append("\",\"event\":\"")
                .append(NAMES[random.nextInt(NAMES.length)])
                .append("\",\"messageId\":\"bench-")
                .append(name)
                .append('-')
                .append(messages++)
                .append("-0123456789abcdef\",\"properties\":{\"product_id\":\"p")
                .append(product)
                .append("\",\"category\":\"")
                .append(CATEGORIES[product % CATEGORIES.length])
                .append("\",\"price\":")
                .append(product % 90 + 9)
                .append(".95,\"quantity\":")
                .append(1 + product % 3)
                .append(",\"position\":")
                .append(product % 40)
                .append("}}");
    }
}
