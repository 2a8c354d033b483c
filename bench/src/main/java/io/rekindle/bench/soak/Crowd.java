package io.rekindle.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the clients send, and so what must be true afterwards: batch {@code n} of a client is the same whenever it is
 * asked for. Every client has people of its own. A person has an account, a mail address and three devices; some events
 * name a device alone, some an account, some tie a device, an account or an address together.
 */
final class Crowd {
    static final int BATCH = 20;
    private static final int PEOPLE = 400;
    private static final int DEVICES = 3;

    private final long seed;

    Crowd(long seed) {
        this.seed = seed;
    }

    /**
     * One event.
     *
     * @param number of the identify call it is; the person's trait {@code n} afterwards
     */
    record Item(
            String messageId,
            Kind kind,
            @Nullable String account,
            @Nullable String device,
            @Nullable String address,
            long number) {
        /** As they are told apart: no account is written like a device. */
        List<String> identifiers() {
            var all = new ArrayList<String>(3);
            if (account != null) all.add(account);
            if (device != null) all.add(device);
            if (address != null) all.add(address);
            return all;
        }

        private String json() {
            var json = new StringBuilder(200)
                    .append("{\"type\":\"")
                    .append(kind == Kind.IDENTIFY ? "identify" : "track")
                    .append("\",\"messageId\":\"")
                    .append(messageId)
                    .append('"');
            if (account != null) json.append(",\"userId\":\"").append(account).append('"');
            if (device != null)
                json.append(",\"anonymousId\":\"").append(device).append('"');
            switch (kind) {
                case VIEW -> json.append(",\"event\":\"Product Viewed\",\"properties\":{\"product_id\":\"p1\"}");
                case ORDER ->
                    json.append(",\"event\":\"Order Completed\",\"properties\":{\"order_id\":\"")
                            .append(messageId)
                            .append("\",\"total\":7}");
                case IDENTIFY ->
                    json.append(",\"traits\":{\"email\":\"")
                            .append(address)
                            .append("\",\"n\":")
                            .append(number)
                            .append('}');
            }
            return json.append('}').toString();
        }
    }

    enum Kind {
        VIEW,
        ORDER,
        IDENTIFY
    }

    List<Item> batch(int client, long number) {
        var random = new SplittableRandom(seed + 1_000_003L * client + 7_919L * number);
        var items = new ArrayList<Item>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            var id = "soak-%d-%d-%d".formatted(client, number, i);
            int person = client * PEOPLE + random.nextInt(PEOPLE);
            var account = "account-" + person;
            var device = "device-%d-%d".formatted(person, random.nextInt(DEVICES));
            int kind = random.nextInt(100);
            if (kind < 40) items.add(new Item(id, Kind.VIEW, null, device, null, 0));
            else if (kind < 60) items.add(new Item(id, Kind.VIEW, account, device, null, 0));
            else if (kind < 80) items.add(new Item(id, Kind.ORDER, account, null, null, 0));
            else
                items.add(new Item(
                        id, Kind.IDENTIFY, account, device, "p%d@example.org".formatted(person), number * BATCH + i));
        }
        return items;
    }

    static String body(List<Item> batch) {
        return batch.stream().map(Item::json).collect(Collectors.joining(",", "{\"batch\":[", "]}"));
    }
}
