package io.rekindle.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What the shop sells, at list prices in cents, and how a sum to spend becomes a basket. */
final class Catalogue {
    record Product(String id, String name, String category, long price) {}

    record Line(Product product, int quantity) {
        long amount() {
            return product.price() * quantity;
        }
    }

    private static final String[] NAMES = {"Kitchen", "Garden", "Home textiles", "Stationery", "Outdoor", "Toys"};
    private static final String[][] PRODUCTS = {
        {"Peeler", "Cutting board", "Glass jar set", "Chef's knife", "Cast-iron pan", "Stand mixer"},
        {"Seed box", "Hand trowel", "Watering can", "Secateurs", "Bird house", "Garden bench"},
        {"Tea towel", "Cushion cover", "Bath towel set", "Wool blanket", "Bed linen", "Down duvet"},
        {"Pencil set", "Notebook", "Desk calendar", "Fountain pen", "Leather folder", "Desk lamp"},
        {"Water bottle", "Head torch", "Day pack", "Trekking poles", "Sleeping bag", "Two-person tent"},
        {"Card game", "Wooden animals", "Jigsaw puzzle", "Building blocks", "Board game", "Model railway"}
    };
    private static final long[] LADDER = {490, 990, 1_990, 3_490, 6_990, 14_900};

    static final int CATEGORIES = NAMES.length;
    private static final int RUNGS = LADDER.length;
    private static final int MOST_LINES = 4;
    private static final Product[][] SHELVES = shelves();
    private static final long CHEAPEST = SHELVES[0][0].price();

    private Catalogue() {}

    /** One product, most often from the shelf the customer likes. */
    static Product look(RandomGenerator random, int liked) {
        return SHELVES[shelf(random, liked)][random.nextInt(RUNGS)];
    }

    /** Products for about the sum given: list prices stay list prices, so it comes close from below. */
    static List<Line> basket(RandomGenerator random, int liked, long cents) {
        List<Line> lines = new ArrayList<>(MOST_LINES);
        long left = Math.max(cents, CHEAPEST * 2);
        while (lines.size() < MOST_LINES && left >= CHEAPEST * 2) {
            boolean last = lines.size() == MOST_LINES - 1;
            Product[] shelf = SHELVES[shelf(random, liked)];
            int dearest = 0;
            while (dearest < RUNGS - 1 && shelf[dearest + 1].price() <= left) dearest++;
            Product product = shelf[last ? dearest : random.nextInt(dearest / 2, dearest + 1)];
            int quantity = Math.toIntExact(Math.clamp(left / product.price(), 1, last ? 9 : 3));
            if (!last && quantity > 1) quantity = 1 + random.nextInt(quantity);
            Line line = new Line(product, quantity);
            lines.add(line);
            left -= line.amount();
        }
        return List.copyOf(lines);
    }

    private static int shelf(RandomGenerator random, int liked) {
        return random.nextDouble() < 0.6 ? liked : random.nextInt(CATEGORIES);
    }

    private static Product[][] shelves() {
        Product[][] shelves = new Product[CATEGORIES][RUNGS];
        for (int category = 0; category < CATEGORIES; category++)
            for (int rung = 0; rung < RUNGS; rung++)
                shelves[category][rung] = new Product(
                        "sku-%d%02d".formatted(category + 1, rung + 1),
                        PRODUCTS[category][rung],
                        NAMES[category],
                        LADDER[rung] + 50L * category);
        return shelves;
    }
}
