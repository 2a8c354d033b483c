package io.rekindle.app.analyze;

import io.rekindle.app.analyze.AllocateTable.Part;
import io.rekindle.models.allocation.Allocation;
import io.rekindle.models.allocation.CustomerLimits;
import io.rekindle.models.allocation.GreedyAllocation;
import io.rekindle.models.allocation.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pictures of an allocation. */
final class AllocateCharts {
    private static final int CURVE = 12;
    private static final int MOST_BARS = 30;

    private AllocateCharts() {}

    /**
     * All of them.
     *
     * @param budget of all actions, if there is one; then the first limit
     * @param currency what a unit of money is called
     */
    static List<Chart> of(
            AllocateTable table,
            List<Limit> limits,
            CustomerLimits rule,
            AllocateResults results,
            @Nullable Double budget,
            String currency,
            Progress progress) {
        var charts = new ArrayList<Chart>();
        if (budget != null && budget > 0) charts.add(curve(table, limits, rule, budget, currency, progress));
        if (!results.limits().isEmpty())
            charts.add(new Chart.BarGroups(
                    "How much of each limit is used",
                    "What stands below 100 is not what holds the profit back.",
                    "",
                    "per cent used",
                    results.limits().stream()
                            .map(AllocateResults.LimitResult::name)
                            .toList(),
                    List.of(new Chart.Bars(
                            "used",
                            results.limits().stream()
                                    .mapToDouble(limit -> limit.limit() > 0
                                            ? Math.round(1000 * limit.used() / limit.limit()) / 10.0
                                            : 0)
                                    .toArray()))));
        for (var part : Part.values()) {
            var names = new LinkedHashMap<String, double[]>();
            for (var mix : results.mix()) {
                var name = switch (part) {
                    case OFFER -> mix.offer();
                    case CHANNEL -> mix.channel();
                    case SLOT -> mix.slot();
                };
                if (name == null) continue;
                double[] sums = names.computeIfAbsent(name, key -> new double[2]);
                sums[0] += mix.value();
                sums[1] += mix.cost();
            }
            if (names.size() > 1) charts.add(chosen(part, mostProfitable(names), currency));
        }
        return charts;
    }

    /** As many as can be looked at; all others together. */
    private static Map<String, double[]> mostProfitable(Map<String, double[]> names) {
        if (names.size() <= MOST_BARS) return names;
        var order = names.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, double[]> one) -> -one.getValue()[0])
                        .thenComparing(Map.Entry::getKey))
                .toList();
        var shown = new LinkedHashMap<String, double[]>();
        for (var one : order.subList(0, MOST_BARS - 1)) shown.put(one.getKey(), one.getValue());
        double[] others = new double[2];
        for (var one : order.subList(MOST_BARS - 1, order.size()))
            for (int k = 0; k < 2; k++) others[k] += one.getValue()[k];
        shown.put(String.format(Locale.ROOT, "%,d others", order.size() - MOST_BARS + 1), others);
        return shown;
    }

    private static Chart chosen(Part part, Map<String, double[]> names, String currency) {
        return new Chart.BarGroups(
                "Chosen by " + part.word(),
                "Expected incremental profit and cost of the chosen actions.",
                part.word(),
                currency,
                List.copyOf(names.keySet()),
                List.of(
                        new Chart.Bars(
                                "profit",
                                names.values().stream()
                                        .mapToDouble(sums -> sums[0])
                                        .toArray()),
                        new Chart.Bars(
                                "cost",
                                names.values().stream()
                                        .mapToDouble(sums -> sums[1])
                                        .toArray())));
    }

    /** The best profit for each budget: its slope is the price. */
    private static Chart curve(
            AllocateTable table,
            List<Limit> limits,
            CustomerLimits rule,
            double budget,
            String currency,
            Progress progress) {
        progress.begin("allocating other budgets");
        double[] at = new double[CURVE + 1];
        double[] best = new double[CURVE + 1];
        double[] greedy = new double[CURVE + 1];
        for (int i = 1; i <= CURVE; i++) {
            at[i] = budget * 2 * i / CURVE;
            var other = new ArrayList<>(limits);
            other.set(0, Limit.budget("budget", at[i], table.kinds().size()));
            best[i] = Allocation.of(table.candidates(), other, rule).profit();
            greedy[i] = GreedyAllocation.of(table.candidates(), other, rule, GreedyAllocation.Order.COST)
                    .profit();
            progress.tell("%d of %d".formatted(i, CURVE));
        }
        progress.end("%d budgets".formatted(CURVE));
        return new Chart.Lines(
                "What each budget would earn",
                "The most that each budget can be expected to earn, other limits as they are. Where the line is steep, more budget pays; the upright line is the budget asked.",
                "budget, " + currency,
                "expected profit, " + currency,
                List.of(
                        Chart.Line.of("best", at, best),
                        Chart.Line.of("by profit per cost", at, greedy),
                        new Chart.Line(
                                "budget asked", new double[] {budget, budget}, new double[] {0, best[CURVE]}, true)));
    }
}
