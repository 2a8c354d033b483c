package io.rekindle.profile.orders;

import io.rekindle.collect.LoggedEvent;
import io.rekindle.common.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an order event says, by Segment's e-commerce specification v2; amounts beyond what the history can hold are not
 * read. They are in the installation's currency: intake lets no order in another in, and imports convert.
 */
record OrderEvent(
        String orderId,
        List<Item> items,
        @Nullable BigDecimal total,
        BigDecimal discount,
        @Nullable String coupon) {
    private static final int LONGEST_ID = 200;
    private static final BigDecimal LARGEST = new BigDecimal("10000000000000");

    /**
     * One product of it.
     *
     * @param price of one piece; null when the event does not say
     * @param at when this line was ordered, where an imported file has it by the line
     */
    record Item(
            @Nullable String productId,
            @Nullable String name,
            @Nullable String category,
            BigDecimal quantity,
            @Nullable BigDecimal price,
            @Nullable Instant at) {
        private Item withoutPrice() {
            return new Item(productId, name, category, quantity, null, at);
        }

        BigDecimal amount() {
            return price == null ? BigDecimal.ZERO : quantity.multiply(price).setScale(4, RoundingMode.HALF_EVEN);
        }
    }

    /** Reads an event; one without an order id is an order of its own, under its message id. */
    static OrderEvent of(LoggedEvent event) {
        var properties = event.properties();
        var orderId = text(properties, "order_id", "orderId");
        var items = new ArrayList<Item>();
        boolean imported = event.importId() != null;
        for (var product : properties.path("products")) if (product.isObject()) items.add(item(product, imported));
        var sum = items.stream().map(i -> i.amount().abs()).reduce(BigDecimal.ZERO, BigDecimal::add);
        if (sum.compareTo(LARGEST) >= 0) items.replaceAll(Item::withoutPrice);
        var discount = number(properties.path("discount"));
        var total = number(properties.path("total"));
        return new OrderEvent(
                orderId == null ? "message:" + event.messageId() : storable(orderId),
                items,
                total != null ? total : event.amount(),
                discount == null || discount.signum() < 0 ? BigDecimal.ZERO : discount,
                text(properties, "coupon"));
    }

    /** PostgreSQL's text takes no NUL, and its index no longer keys than this. */
    private static String storable(String id) {
        var text = id.replace("\0", "");
        return text.length() <= LONGEST_ID ? text : text.substring(0, LONGEST_ID);
    }

    boolean hasPrices() {
        return !items.isEmpty() && items.stream().allMatch(i -> i.price() != null);
    }

    BigDecimal itemsTotal() {
        return items.stream().map(Item::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Item item(JsonNode product, boolean imported) {
        var quantity = number(product.path("quantity"));
        var price = number(product.path("price"));
        var pieces = quantity == null ? BigDecimal.ONE : quantity;
        if (price != null && pieces.multiply(price).abs().compareTo(LARGEST) >= 0) price = null;
        return new Item(
                text(product, "product_id", "productId", "sku"),
                text(product, "name"),
                text(product, "category"),
                pieces,
                price,
                imported ? instant(product.path("ordered_at")) : null);
    }

    private static @Nullable Instant instant(JsonNode node) {
        if (!node.isString()) return null;
        try {
            return Instant.parse(node.stringValue());
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    private static @Nullable String text(JsonNode node, String... names) {
        for (var name : names) {
            var value = node.path(name);
            if (value.isString() && !value.stringValue().isBlank()) return value.stringValue();
            if (value.isNumber()) return value.asString();
        }
        return null;
    }

    private static @Nullable BigDecimal number(JsonNode node) {
        // By its text: a number beyond all bounds, 1e999, is none to a node.
        var written = node.isNumber() || node.isString() ? node.asString().strip() : "";
        var value = written.length() < 40 ? Decimals.read(written) : null;
        return value == null || value.abs().compareTo(LARGEST) >= 0 ? null : value.setScale(4, RoundingMode.HALF_EVEN);
    }
}
