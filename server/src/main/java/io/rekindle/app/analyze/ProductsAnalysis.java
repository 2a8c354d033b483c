package io.rekindle.app.analyze;

import io.rekindle.models.demand.AbcXyz;
import io.rekindle.models.demand.AbcXyz.Borders;
import io.rekindle.models.demand.AbcXyz.Steadiness;
import io.rekindle.models.demand.AbcXyz.Weight;
import io.rekindle.models.demand.Decomposition;
import io.rekindle.models.demand.Decomposition.Season;
import io.rekindle.models.demand.ProductLife;
import io.rekindle.models.demand.ProductLife.Standing;
import io.rekindle.models.demand.ProductStage;
import io.rekindle.models.demand.SalesTable;
import io.rekindle.models.numeric.Indices;
import io.rekindle.models.value.NetPurchases;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze products}: where each product stands in its life, how much it matters, how steadily it sells. */
@Command(
        name = "products",
        description = {
            "Where each product stands in its life (introduction, growth, maturity, decline, withdrawn), with probabilities; ABC and XYZ classes; trend and season of all sales.",
            "Fields: product, time, quantity (optional, 1 a row), amount (of the row) or price (of a piece) for the turnover, customer (optional, so that refunds find their sale). Negative quantities are refunds, at the price of the sale they take back; without quantities, negative amounts are.",
            "Rows: product, firstSale, lastSale, pieces, turnover, share, abc, variation, xyz, stage, pIntroduction, pGrowth, pMaturity, pDecline, pWithdrawn, level, levelLow, levelHigh, change, note."
        },
        mixinStandardHelpOptions = true)
final class ProductsAnalysis extends Analysis {
    private static final Field PRODUCT = Field.key("product");
    private static final Field TIME = Field.time("time");
    private static final Field QUANTITY = Field.number("quantity").optional();
    private static final Field AMOUNT = Field.number("amount").optional();
    private static final Field PRICE = Field.number("price").optional();
    private static final Field CUSTOMER = Field.key("customer").optional();
    private static final long NO_DAY = ResultRows.NO_DAY;

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--unit", description = "Length of a period: week or month (default: week).")
    private UnitName unit = UnitName.WEEK;

    @Option(
            names = "--certainty",
            paramLabel = "SHARE",
            description = "A stage less probable than this is told as unclear (default: ${DEFAULT-VALUE}).")
    private double certainty = .6;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description = "Look at the sales up to this day only (default: all).")
    private @Nullable LocalDate until;

    /** The lengths of a period on the command line. */
    enum UnitName {
        WEEK(SalesTable.Period.WEEK),
        MONTH(SalesTable.Period.MONTH);

        private final SalesTable.Period period;

        UnitName(SalesTable.Period period) {
            this.period = period;
        }
    }

    /**
     * How all sales come apart.
     *
     * @param cycle places in the season: 7 days of a week, 52 weeks or 12 months of a year
     * @param season by place, from the day named first: what is added to the trend
     */
    record Parts(
            String series,
            int cycle,
            double trendStrength,
            double seasonStrength,
            List<String> places,
            List<Double> season) {}

    record Results(
            int products,
            String from,
            String to,
            int periods,
            String unit,
            double pieces,
            double turnover,
            String turnoverOf,
            double refundsSetAside,
            Map<String, Integer> abc,
            Map<String, Integer> xyz,
            Map<String, Integer> stages,
            List<Parts> decomposition) {}

    /** What was sold, refunds taken off. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Sales(
            List<String> names,
            int[] product,
            long[] day,
            double[] pieces,
            double[] turnover,
            String turnoverOf,
            double refundsSetAside) {}

    @Override
    Outcome analyse(Progress progress) {
        if (!(certainty > 0 && certainty <= 1))
            throw Problem.invalid("certainty_invalid", "--certainty %s must lie between 0 and 1".formatted(certainty));
        var card = new Card();
        var sales = sales(card, progress);
        int products = sales.names().size();
        var table = SalesTable.of(sales.product(), products, sales.day(), sales.pieces(), unit.period);
        double[] exposure = table.exposure();
        boolean seasonal = table.periods() >= 2 * unit.period.cycle();
        double[] season = table.seasonalIndex();
        for (int t = 0; t < exposure.length; t++) exposure[t] *= season[t];
        if (!seasonal)
            card.warn(
                    "season_unknown",
                    "%d %ss are less than two years: what comes back every year cannot be told from the products' own rise and fall"
                            .formatted(table.periods(), unit.name().toLowerCase(Locale.ROOT)));

        progress.begin("placing products in their lives");
        var standings = new Standing[products];
        IntStream.range(0, products)
                .parallel()
                .forEach(p -> standings[p] = ProductLife.of(table.sold(p), exposure, unit.period.weeks()));
        progress.end("%,d products".formatted(products));

        double[] variation = new double[products];
        for (int p = 0; p < products; p++) variation[p] = variation(table, p, exposure);
        var abc = AbcXyz.abc(sales.turnover(), Borders.USUAL);
        var xyz = Arrays.stream(variation)
                .mapToObj(v -> AbcXyz.xyz(v, Borders.USUAL))
                .toArray(Steadiness[]::new);
        double[] pieces = new double[products];
        long[] firstSale = new long[products];
        long[] lastSale = new long[products];
        Arrays.fill(firstSale, NO_DAY);
        Arrays.fill(lastSale, NO_DAY);
        for (int i = 0; i < sales.product().length; i++) {
            int p = sales.product()[i];
            pieces[p] += sales.pieces()[i];
            if (!(sales.pieces()[i] > 0)) continue;
            firstSale[p] = firstSale[p] == NO_DAY ? sales.day()[i] : Math.min(firstSale[p], sales.day()[i]);
            lastSale[p] = Math.max(lastSale[p], sales.day()[i]);
        }
        double turnover =
                Arrays.stream(sales.turnover()).map(value -> Math.max(0, value)).sum();
        int[] order = Indices.sorted(products, (a, b) -> {
            int byTurnover = Double.compare(sales.turnover()[b], sales.turnover()[a]);
            return byTurnover != 0
                    ? byTurnover
                    : sales.names().get(a).compareTo(sales.names().get(b));
        });
        var stages = new String[products];
        for (int p = 0; p < products; p++) stages[p] = stage(standings[p]);
        var results = new Results(
                products,
                LocalDate.ofEpochDay(Arrays.stream(sales.day()).min().orElseThrow())
                        .toString(),
                LocalDate.ofEpochDay(Arrays.stream(sales.day()).max().orElseThrow())
                        .toString(),
                table.periods(),
                unit.name().toLowerCase(Locale.ROOT),
                Arrays.stream(pieces).sum(),
                turnover,
                sales.turnoverOf(),
                sales.refundsSetAside(),
                counts(
                        Arrays.stream(Weight.values()).map(Enum::name).toList(),
                        Arrays.stream(abc).map(Enum::name).toList()),
                counts(
                        Arrays.stream(Steadiness.values())
                                .map(ProductsAnalysis::word)
                                .toList(),
                        Arrays.stream(xyz).map(ProductsAnalysis::word).toList()),
                counts(stageNames(), Arrays.asList(stages)),
                decompositions(sales, table));
        long unclear = Arrays.stream(stages).filter("unclear"::equals).count();
        if (unclear > products / 2)
            card.warn(
                    "stages_unclear",
                    "the stage of %,d of %,d products cannot be told with a probability of %s: their sales are too few, too short or too uneven"
                            .formatted(unclear, products, certainty));
        var rows = ResultRows.of(products)
                .text("product", k -> sales.names().get(order[k]))
                .day("firstSale", k -> firstSale[order[k]])
                .day("lastSale", k -> lastSale[order[k]])
                .decimal("pieces", k -> pieces[order[k]])
                .decimal("turnover", k -> sales.turnover()[order[k]])
                .decimal("share", k -> turnover > 0 ? Math.max(0, sales.turnover()[order[k]]) / turnover : 0)
                .text("abc", k -> abc[order[k]].name())
                .decimal("variation", k -> variation[order[k]])
                .text("xyz", k -> xyz[order[k]] == Steadiness.UNKNOWN ? "" : xyz[order[k]].name())
                .text("stage", k -> stages[order[k]])
                .decimal("pIntroduction", k -> standings[order[k]].of(ProductStage.INTRODUCTION))
                .decimal("pGrowth", k -> standings[order[k]].of(ProductStage.GROWTH))
                .decimal("pMaturity", k -> standings[order[k]].of(ProductStage.MATURITY))
                .decimal("pDecline", k -> standings[order[k]].of(ProductStage.DECLINE))
                .decimal("pWithdrawn", k -> standings[order[k]].of(ProductStage.WITHDRAWN))
                .decimal("level", k -> standings[order[k]].level())
                .decimal("levelLow", k -> standings[order[k]].low())
                .decimal("levelHigh", k -> standings[order[k]].high())
                .decimal("change", k -> standings[order[k]].drift())
                .text("note", k -> standings[order[k]].cannotTell().orElse(""));
        return new Outcome(
                results,
                words(results, sales),
                rows,
                wantsCharts() ? charts(results, sales, table, standings, order, turnover) : List.of(),
                card);
    }

    private Sales sales(Card card, Progress progress) {
        var rows = input.read(List.of(PRODUCT, TIME, QUANTITY, AMOUNT, PRICE, CUSTOMER), progress);
        var keys = rows.keys(PRODUCT);
        long[] days = rows.days(TIME);
        int n = rows.size();
        double[] quantity = rows.has(QUANTITY) ? rows.numbers(QUANTITY) : filled(n);
        double[] amount =
                rows.has(AMOUNT) ? rows.numbers(AMOUNT) : rows.has(PRICE) ? rows.numbers(PRICE) : quantity.clone();
        boolean byPrice = !rows.has(AMOUNT) && rows.has(PRICE);
        long noProduct = 0;
        long noTime = 0;
        long noNumber = 0;
        long later = 0;
        int[] kept = new int[n];
        int size = 0;
        for (int i = 0; i < n; i++) {
            if (byPrice) amount[i] *= quantity[i];
            // An amount has the sign of its quantity, however the file writes refunds.
            if (quantity[i] < 0) amount[i] = -Math.abs(amount[i]);
            if (!rows.has(QUANTITY) && amount[i] < 0) quantity[i] = -1;
            if (!keys.has(i)) noProduct++;
            else if (days[i] == DataRows.NO_TIME) noTime++;
            else if (Double.isNaN(quantity[i]) || Double.isNaN(amount[i])) noNumber++;
            else if (until != null && days[i] > until.toEpochDay()) later++;
            else kept[size++] = i;
        }
        card.read(
                input.fileName(),
                n,
                size,
                List.of(
                        new Card.LeftOut("rows without a product", noProduct),
                        new Card.LeftOut("rows without a time", noTime),
                        new Card.LeftOut("rows without a quantity or an amount", noNumber),
                        new Card.LeftOut("rows after --until", later)));
        if (size == 0)
            throw Problem.invalid("no_sales", "no row of %s has a product and a time".formatted(input.fileName()));
        if (noProduct + noTime + noNumber > 0)
            card.warn(
                    "rows_left_out",
                    "%,d of %,d rows lack a product, a time, a quantity or an amount and do not count"
                            .formatted(noProduct + noTime + noNumber, n));
        // Of a customer's sales of one product on one day, which is taken back must not depend on the order of the
        // rows.
        int[] used = Arrays.stream(Indices.sorted(
                        size,
                        (a, b) -> Double.compare(worth(amount, quantity, kept[a]), worth(amount, quantity, kept[b]))))
                .map(k -> kept[k])
                .toArray();
        int[] pair = pairs(rows, keys, used);
        int[] productOf = new int[Arrays.stream(pair).max().orElse(-1) + 1];
        for (int k = 0; k < size; k++) productOf[pair[k]] = keys.codes()[used[k]];
        long[] day = Arrays.stream(used).mapToLong(i -> days[i]).toArray();
        // Refunded pieces take back what was paid for them; without pieces, refunds take back money.
        double[] taken = rows.has(QUANTITY) ? quantity : amount;
        double[] price =
                Arrays.stream(used).mapToDouble(i -> worth(amount, taken, i)).toArray();
        var net = net(
                pair, day, price, Arrays.stream(used).mapToDouble(i -> taken[i]).toArray());
        double setAside = 0;
        for (int k = 0; k < size; k++) setAside += net.open()[k] * price[k];
        double[] turnover = new double[keys.names().size()];
        double[] pieces = new double[net.row().length];
        for (int k = 0; k < pieces.length; k++) {
            int row = net.row()[k];
            double left = net.amount()[k];
            pieces[k] = rows.has(QUANTITY) ? left : 1;
            // A row without pieces, such as a charge for carriage, is worth its amount.
            double stands = quantity[used[row]] == 0 ? amount[used[row]] : left * price[row];
            turnover[productOf[net.customer()[k]]] += stands;
        }
        if (net.refunds() > 0)
            card.warn(
                    "refunds",
                    "%,d refunds were taken off earlier sales of the same product%s%s; %,d sales were refunded whole"
                                    .formatted(
                                            net.refunds() - net.unmatched(),
                                            rows.has(CUSTOMER) ? " to the same customer" : "",
                                            rows.has(QUANTITY) ? ", at the price of the sale" : "",
                                            net.cancelled())
                            + (net.unmatched() == 0
                                    ? ""
                                    : "; for %,d refunds there was no earlier sale, or too few pieces: what is left of them, worth %s at their own prices, is set aside; so the turnover is %s where the rows sum to %s"
                                            .formatted(
                                                    net.unmatched(),
                                                    Figures.amount(setAside, 2),
                                                    Figures.amount(
                                                            // As the results have it: a product below zero sold
                                                            // nothing.
                                                            Arrays.stream(turnover)
                                                                    .map(of -> Math.max(0, of))
                                                                    .sum(),
                                                            2),
                                                    Figures.amount(
                                                            Arrays.stream(used)
                                                                    .mapToDouble(i -> amount[i])
                                                                    .sum(),
                                                            2))));
        if (net.customer().length == 0)
            throw Problem.invalid("no_sales", "every sale was refunded; there is nothing to look at");
        return new Sales(
                keys.names(),
                Arrays.stream(net.customer()).map(p -> productOf[p]).toArray(),
                net.tick(),
                pieces,
                turnover,
                rows.has(AMOUNT) ? "amount" : byPrice ? "quantity × price" : "quantity",
                setAside);
    }

    /**
     * Takes refunds off the latest earlier sales at the refund's own price, which they most likely are of; what is left of
     * them off the latest at any price.
     */
    private static NetPurchases net(int[] pair, long[] day, double[] price, double[] pieces) {
        var numbers = new HashMap<PricedPair, Integer>();
        int[] priced = new int[pair.length];
        for (int k = 0; k < priced.length; k++) {
            var known = numbers.putIfAbsent(new PricedPair(pair[k], price[k]), numbers.size());
            priced[k] = known == null ? numbers.size() - 1 : known;
        }
        var same = NetPurchases.of(priced, day, pieces);
        int[] open =
                IntStream.range(0, pair.length).filter(k -> same.open()[k] > 0).toArray();
        int[] row =
                IntStream.concat(Arrays.stream(same.row()), Arrays.stream(open)).toArray();
        var any = NetPurchases.of(
                Arrays.stream(row).map(k -> pair[k]).toArray(),
                Arrays.stream(row).mapToLong(k -> day[k]).toArray(),
                DoubleStream.concat(
                                Arrays.stream(same.amount()),
                                Arrays.stream(open).mapToDouble(k -> -same.open()[k]))
                        .toArray());
        double[] left = new double[pair.length];
        for (int i = 0; i < row.length; i++) left[row[i]] += any.open()[i];
        return new NetPurchases(
                any.customer(),
                any.tick(),
                any.amount(),
                same.refunds(),
                same.cancelled() + any.cancelled(),
                any.unmatched(),
                Arrays.stream(any.row()).map(i -> row[i]).toArray(),
                left);
    }

    private record PricedPair(int pair, double price) {}

    /** What a piece of a row was sold, or taken back, at. */
    private static double worth(double[] amount, double[] pieces, int row) {
        return pieces[row] == 0 ? 0 : amount[row] / pieces[row];
    }

    private static double[] filled(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** A number for each product and customer that meet. */
    private static int[] pairs(DataRows rows, Keys products, int[] used) {
        var customers = rows.has(CUSTOMER) ? rows.keys(CUSTOMER) : null;
        var numbers = new HashMap<Long, Integer>();
        int[] pair = new int[used.length];
        for (int k = 0; k < used.length; k++) {
            int customer = customers == null ? -1 : customers.codes()[used[k]];
            long both = ((long) products.codes()[used[k]] << 32) | (customer + 1L);
            var known = numbers.putIfAbsent(both, numbers.size());
            pair[k] = known == null ? numbers.size() - 1 : known;
        }
        return pair;
    }

    private static double variation(SalesTable table, int product, double[] exposure) {
        double[] sold = table.sold(product);
        double[] rates = IntStream.range(Math.min(sold.length, table.firstPeriod(product)), sold.length)
                .filter(t -> exposure[t] >= .5)
                .mapToDouble(t -> sold[t] / exposure[t])
                .toArray();
        return AbcXyz.variation(rates);
    }

    private String stage(Standing standing) {
        return standing.stage(certainty)
                .map(stage -> stage.name().toLowerCase(Locale.ROOT))
                .orElse("unclear");
    }

    private static List<String> stageNames() {
        var names = new ArrayList<String>();
        for (var stage : ProductStage.values()) names.add(stage.name().toLowerCase(Locale.ROOT));
        names.add("unclear");
        return names;
    }

    private static String word(Steadiness steadiness) {
        return steadiness == Steadiness.UNKNOWN ? "unknown" : steadiness.name();
    }

    private static Map<String, Integer> counts(List<String> kinds, List<String> found) {
        var counts = new LinkedHashMap<String, Integer>();
        for (var kind : kinds) counts.put(kind, 0);
        for (var kind : found) counts.merge(kind, 1, Integer::sum);
        return counts;
    }

    /** The week in the daily sales, and the year where there are two. */
    private List<Parts> decompositions(Sales sales, SalesTable table) {
        var parts = new ArrayList<Parts>();
        var daily = SalesTable.of(new int[sales.day().length], 1, sales.day(), sales.pieces(), SalesTable.Period.DAY);
        part("pieces a day", daily, parts);
        part("pieces a " + unit.name().toLowerCase(Locale.ROOT), table, parts);
        return parts;
    }

    private static void part(String name, SalesTable table, List<Parts> parts) {
        int cycle = table.period().cycle();
        if (table.periods() < 2 * cycle) return;
        double[] series = series(table);
        for (int phase = 0; phase < cycle; phase++) {
            boolean any = false;
            for (int t = phase; t < series.length; t += cycle) any |= !Double.isNaN(series[t]);
            if (!any) return;
        }
        var apart = Decomposition.of(series, cycle, new Season.Periodic(), true);
        var places = new ArrayList<String>();
        var season = new ArrayList<Double>();
        for (int phase = 0; phase < cycle; phase++) {
            var start = table.start(phase);
            places.add(
                    switch (table.period()) {
                        case DAY -> start.getDayOfWeek().name().toLowerCase(Locale.ROOT);
                        case WEEK -> start.toString().substring(5);
                        case MONTH -> start.getMonth().name().toLowerCase(Locale.ROOT);
                    });
            season.add(apart.season()[phase]);
        }
        parts.add(new Parts(name, cycle, apart.trendStrength(), apart.seasonStrength(), places, season));
    }

    /** Rates of full periods; NaN where there was no business. */
    private static double[] series(SalesTable table) {
        double[] series = table.total();
        double[] exposure = table.exposure();
        for (int t = 0; t < series.length; t++) series[t] = exposure[t] > .3 ? series[t] / exposure[t] : Double.NaN;
        return series;
    }

    private static List<String> words(Results results, Sales sales) {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d products, %s to %s: %s pieces, turnover %s (%s)",
                results.products(),
                results.from(),
                results.to(),
                Figures.amount(results.pieces(), 0),
                Figures.amount(results.turnover(), 2),
                sales.turnoverOf()));
        words.add("stages: " + joined(results.stages()));
        words.add("ABC: " + joined(results.abc()) + "; XYZ: " + joined(results.xyz()));
        for (var parts : results.decomposition())
            words.add(String.format(
                    Locale.ROOT,
                    "%s: strength of the trend %.2f, of the season (cycle of %d) %.2f",
                    parts.series(),
                    parts.trendStrength(),
                    parts.cycle(),
                    parts.seasonStrength()));
        return words;
    }

    private static String joined(Map<String, Integer> counts) {
        return String.join(
                ", ",
                counts.entrySet().stream()
                        .filter(entry -> entry.getValue() > 0)
                        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                        .toList());
    }

    private List<Chart> charts(
            Results results, Sales sales, SalesTable table, Standing[] standings, int[] order, double turnover) {
        var charts = new ArrayList<Chart>();
        charts.add(new Chart.BarGroups(
                "Products by stage of life",
                "How many products are in each stage with the certainty asked for.",
                "stage",
                "products",
                List.copyOf(results.stages().keySet()),
                List.of(new Chart.Bars(
                        "products",
                        results.stages().values().stream()
                                .mapToDouble(Integer::doubleValue)
                                .toArray()))));
        charts.add(new Chart.BarGroups(
                "Turnover by stage of life",
                "Each product's turnover shared out by the probabilities of its stages.",
                "stage",
                "turnover (" + sales.turnoverOf() + ")",
                Arrays.stream(ProductStage.values())
                        .map(stage -> stage.name().toLowerCase(Locale.ROOT))
                        .toList(),
                List.of(new Chart.Bars(
                        "turnover",
                        Arrays.stream(ProductStage.values())
                                .mapToDouble(stage -> IntStream.range(0, standings.length)
                                        .mapToDouble(p -> standings[p].of(stage) * Math.max(0, sales.turnover()[p]))
                                        .sum())
                                .toArray()))));
        int n = order.length;
        double[] x = new double[n + 1];
        double[] y = new double[n + 1];
        for (int k = 0; k < n; k++) {
            x[k + 1] = (k + 1.0) / n;
            y[k + 1] = y[k] + (turnover > 0 ? Math.max(0, sales.turnover()[order[k]]) / turnover : 0);
        }
        charts.add(new Chart.Lines(
                "How few products make the turnover (ABC)",
                "Products from the largest turnover to the smallest: what share of them makes what share of the turnover. A ends at 0.80, B at 0.95.",
                "share of the products",
                "share of the turnover",
                List.of(
                        Chart.Line.of("turnover", x, y),
                        new Chart.Line("A ends", new double[] {0, 1}, new double[] {.8, .8}, true),
                        new Chart.Line("B ends", new double[] {0, 1}, new double[] {.95, .95}, true))));
        charts.add(trend(table));
        return charts;
    }

    private Chart trend(SalesTable table) {
        double[] series = series(table);
        int cycle = table.period().cycle();
        double[] at = IntStream.range(0, series.length)
                .mapToDouble(t -> table.start(t).toEpochDay())
                .toArray();
        var lines = new ArrayList<Chart.Line>();
        lines.add(Chart.Line.of("sold", at, series));
        boolean two = series.length >= 2 * cycle;
        for (int phase = 0; two && phase < cycle; phase++) {
            boolean any = false;
            for (int t = phase; t < series.length; t += cycle) any |= !Double.isNaN(series[t]);
            two = any;
        }
        if (two) {
            var apart = Decomposition.of(series, cycle, new Season.Periodic(), true);
            lines.add(Chart.Line.of("trend", at, apart.trend()));
            double[] both = new double[series.length];
            for (int t = 0; t < both.length; t++) both[t] = apart.trend()[t] + apart.season()[t];
            lines.add(new Chart.Line("trend and season", at, both, true));
        }
        return new Chart.Lines(
                "All sales over time",
                "Net pieces of all products by period, at the rate of a full period"
                        + (two ? ", and what trend and season make of them." : "."),
                "begin of the " + unit.name().toLowerCase(Locale.ROOT),
                "pieces a " + unit.name().toLowerCase(Locale.ROOT),
                lines,
                Chart.Scale.DAYS);
    }
}
