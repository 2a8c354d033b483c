package io.rekindle.simulator;

import io.rekindle.simulator.Catalogue.Line;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What happened, as events in the shape of Segment's HTTP API and its e-commerce events. A message id is made from
 * what happened, so the same happening always has the same one.
 */
final class EventJson {
    private final JsonFactory factory = new JsonFactory();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    private final String market;
    private final String currency;
    private final Draws draws;

    EventJson(MarketSettings settings) {
        this.market = Long.toHexString(settings.seed());
        this.currency = settings.currency();
        this.draws = new Draws(settings.seed());
    }

    /** One event. Not for several threads. */
    byte[] write(Happening happening) {
        bytes.reset();
        try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            switch (happening) {
                case Happening.SignedUp signedUp -> identify(json, signedUp);
                case Happening.Viewed viewed -> {
                    track(json, viewed, "v" + viewed.at(), "Product Viewed");
                    product(json, viewed.product());
                    json.writeStringProperty("currency", currency);
                    json.writeEndObject();
                }
                case Happening.Ordered order -> {
                    track(json, order, "o" + order.number(), "Order Completed");
                    order(json, order);
                    json.writeEndObject();
                }
                case Happening.Refunded refund -> {
                    track(json, refund, "r" + refund.number(), "Order Refunded");
                    json.writeStringProperty("order_id", orderId(refund.customer(), refund.number()));
                    json.writeStringProperty("currency", currency);
                    json.writeNumberProperty("total", money(refund.amount()));
                    lines(json, refund.lines());
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    static String orderId(int customer, int number) {
        return "%s-%d".formatted(Person.userId(customer), number);
    }

    private void identify(JsonGenerator json, Happening.SignedUp signedUp) {
        Person person = Person.of(draws, signedUp.customer());
        head(json, "identify", signedUp, "s");
        json.writeObjectPropertyStart("traits");
        json.writeStringProperty("email", person.email());
        if (person.phone() != null) json.writeStringProperty("phone", person.phone());
        json.writeStringProperty("firstName", person.firstName());
        json.writeStringProperty("lastName", person.lastName());
        json.writeStringProperty("gender", person.gender());
        json.writeStringProperty("birthday", person.birthday().toString());
        json.writeStringProperty("city", person.city());
        json.writeStringProperty("language", person.language());
        json.writeStringProperty(
                "createdAt", Instant.ofEpochSecond(signedUp.at()).toString());
        json.writeObjectPropertyStart("consent");
        json.writeBooleanProperty("email", signedUp.consents());
        json.writeEndObject();
        json.writeEndObject();
    }

    private void track(JsonGenerator json, Happening happening, String id, String event) {
        head(json, "track", happening, id);
        json.writeStringProperty("event", event);
        json.writeObjectPropertyStart("properties");
    }

    private void head(JsonGenerator json, String type, Happening happening, String id) {
        json.writeStringProperty("type", type);
        json.writeStringProperty("messageId", "sim-%s-%d-%s".formatted(market, happening.customer(), id));
        json.writeStringProperty("userId", Person.userId(happening.customer()));
        json.writeStringProperty(
                "timestamp", Instant.ofEpochSecond(happening.at()).toString());
    }

    private void order(JsonGenerator json, Happening.Ordered order) {
        json.writeStringProperty("order_id", orderId(order.customer(), order.number()));
        json.writeStringProperty("currency", currency);
        json.writeNumberProperty("subtotal", money(order.listPrice()));
        json.writeNumberProperty("total", money(order.paid()));
        json.writeNumberProperty("revenue", money(order.paid()));
        if (order.coupon() != null) {
            json.writeNumberProperty("discount", money(order.discount()));
            json.writeStringProperty("coupon", order.coupon());
        }
        lines(json, order.lines());
    }

    private static void lines(JsonGenerator json, List<Line> lines) {
        json.writeArrayPropertyStart("products");
        for (Line line : lines) {
            json.writeStartObject();
            product(json, line.product());
            json.writeNumberProperty("quantity", line.quantity());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void product(JsonGenerator json, Catalogue.Product product) {
        json.writeStringProperty("product_id", product.id());
        json.writeStringProperty("name", product.name());
        json.writeStringProperty("category", product.category());
        json.writeNumberProperty("price", money(product.price()));
    }

    private static BigDecimal money(long cents) {
        return BigDecimal.valueOf(cents, 2);
    }
}
