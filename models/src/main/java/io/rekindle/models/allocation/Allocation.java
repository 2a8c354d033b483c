package io.rekindle.models.allocation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whom to give what: for each customer at most so many of their candidate actions, so that the incremental profit expected of
 * all together is as high as the limits allow; with the price of every limit and a certified distance from the best possible.
 *
 * <p>What: maximise Σ value over the chosen actions, subject to Σ use ≤ capacity for each limit (budgets, channels'
 * capacities, stocks, slots) and to each customer's own limits. Values must be incremental: what the action changes, not what
 * the customer is expected to buy anyhow. An action whose value is not positive is never chosen, but for exploration.
 *
 * <p>How: Lagrangian relaxation (Everett 1963; Geoffrion 1974). A price on each limit makes customers independent of each
 * other: each takes what leaves the largest surplus, value less the price of all it takes. Any prices give an upper bound on
 * every allocation's profit; the lowest bound's prices are found by cutting planes along the central path, on a sample, then
 * on more customers, then on the few of all on whom the prices turn. At these prices the choices nearly keep the limits;
 * indifferent customers are moved until they do and until nothing more fits, and among few customers what is still possible
 * is searched through. Bound and profit are then computed again from all candidates: their difference is the certified gap.
 *
 * <p>Why it is good: with prices right, the allocation lacks of the bound at most about one action's value for each limit, so
 * the share lost falls with the number of customers; and the price is what a marketer wants to know: what one more euro of
 * budget, or one more message a day, would earn.
 *
 * <p>Numerics: sums are added in an order that does not depend on the number of threads; limits are kept to a relative 1e-9.
 * The same candidates in another order give the same profit within the gap, and the same choice but for ties and rounding.
 * Complexity: a few passes over all candidates, some hundred over the undecided ones. Memory: 20 bytes a candidate and what is
 * undecided. Where customers' own limits go beyond a number (costs, kinds apart) nothing can be decided ahead and every step
 * costs a pass. Unchangeable, safe to share.
 */
public final class Allocation {
    private static final double CLOSED = 1e-9;
    private static final int FEW = 20_000;

    private final int[] actions;
    private final boolean[] explored;
    private final double[] probability;
    private final double[] surplus;
    private final double profit;
    private final double bound;
    private final boolean optimal;
    private final List<LimitUse> uses;
    private final double explorationRate;
    private final int asked;

    private Allocation(
            int[] actions,
            boolean[] explored,
            double[] probability,
            double[] surplus,
            double profit,
            double bound,
            boolean optimal,
            List<LimitUse> uses,
            double explorationRate,
            int asked) {
        this.actions = actions;
        this.explored = explored;
        this.probability = probability;
        this.surplus = surplus;
        this.profit = profit;
        this.bound = bound;
        this.optimal = optimal;
        this.uses = uses;
        this.explorationRate = explorationRate;
        this.asked = asked;
    }

    /** The best allocation, without exploration. */
    public static Allocation of(Candidates candidates, List<Limit> limits, CustomerLimits customers) {
        return of(candidates, limits, customers, Exploration.NONE);
    }

    /**
     * The best allocation of what exploration leaves.
     *
     * <p>The lot draws customers at one rate for all, at most the exploration's share, and lower where their random actions
     * would in expectation take more than that share of a limit.
     *
     * @throws IllegalArgumentException for values that are not numbers, negative costs, kinds or limits that do not match
     */
    public static Allocation of(
            Candidates candidates, List<Limit> limits, CustomerLimits customers, Exploration exploration) {
        customers.check(candidates);
        for (Limit limit : limits)
            if (limit.perMessage().length != candidates.kinds())
                throw new IllegalArgumentException("limit '%s' knows %d kinds of action, the candidates %d"
                        .formatted(limit.name(), limit.perMessage().length, candidates.kinds()));
        check(candidates);
        List<Limit> finite = limits.stream()
                .filter(limit -> limit.capacity() < Double.POSITIVE_INFINITY)
                .toList();
        double[] capacity = finite.stream().mapToDouble(Limit::capacity).toArray();
        Fitting fitting = Fitting.of(candidates, finite, capacity);
        Explored drawn = Explored.draw(fitting.candidates(), finite, capacity, customers, exploration);
        double[] remaining = capacity.clone();
        for (int j = 0; j < remaining.length; j++) remaining[j] = Math.max(0, remaining[j] - drawn.use[j]);
        Problem whole = Problem.of(
                fitting.candidates(),
                finite,
                remaining,
                drawn.customers == 0 ? customers : customers.without(drawn.customer));
        PriceSearch.Found found = PriceSearch.of(whole);
        Choice choice = Choice.of(whole, found);
        return assemble(fitting, limits, finite, customers, drawn, choice, found);
    }

    /** The allocation in terms of the candidates as handed in. */
    private static Allocation assemble(
            Fitting fitting,
            List<Limit> limits,
            List<Limit> finite,
            CustomerLimits customers,
            Explored drawn,
            Choice choice,
            PriceSearch.Found found) {
        Candidates candidates = fitting.candidates();
        double[] prices = found.prices();
        Problem open = Problem.of(
                candidates, finite, finite.stream().mapToDouble(Limit::capacity).toArray(), customers);
        Picker picker = new Picker(open, prices);
        int chosen = choice.actions.length + drawn.customers;
        int[] actions = new int[chosen];
        boolean[] explored = new boolean[chosen];
        double[] probability = new double[chosen];
        double[] surplus = new double[chosen];
        double[] used = new double[limits.size()];
        double profit = 0;
        int next = 0;
        int given = 0;
        for (int c = 0; c < candidates.customers(); c++) {
            int width = candidates.first[c + 1] - candidates.first[c];
            boolean lot = drawn.customers > 0 && drawn.customer[c];
            int from = next;
            if (lot) actions[next++] = drawn.action[c];
            else
                while (given < choice.actions.length && choice.actions[given] < candidates.first[c + 1])
                    actions[next++] = choice.actions[given++];
            int picked = lot ? picker.pick(c) : 0;
            for (int i = from; i < next; i++) {
                int action = actions[i];
                boolean best = !lot;
                for (int k = 0; k < picked; k++) best |= picker.picked[k] == action;
                explored[i] = lot;
                probability[i] = drawn.rate / width + (best ? 1 - drawn.rate : 0);
                surplus[i] = picker.surplus(action);
                profit += candidates.value[action];
                for (int l = 0; l < used.length; l++)
                    used[l] += limits.get(l).use(candidates.kind[action], candidates.cost[action]);
                actions[i] = fitting.original(action);
            }
        }
        double bound = Math.max(profit, choice.bound + drawn.value);
        List<LimitUse> uses = new ArrayList<>();
        int j = 0;
        for (int l = 0; l < used.length; l++) {
            Limit limit = limits.get(l);
            double price = limit.capacity() < Double.POSITIVE_INFINITY ? prices[j++] : 0;
            uses.add(new LimitUse(limit, used[l], isNothing(price, limit, used[l], candidates, bound) ? 0 : price));
        }
        return new Allocation(
                actions,
                explored,
                probability,
                surplus,
                profit,
                choice.optimal ? profit : bound,
                choice.optimal || bound - profit <= CLOSED * Math.abs(bound),
                List.copyOf(uses),
                drawn.rate,
                found.asked());
    }

    /**
     * Prices are found to a number of digits, so that of a limit that does not bind may come out a little above zero: such is
     * one at which all there is of the limit is worth nothing beside the bound, while any action would still find room in it.
     */
    private static boolean isNothing(double price, Limit limit, double used, Candidates candidates, double bound) {
        if (price == 0 || price * limit.capacity() > CLOSED * Math.abs(bound)) return price == 0;
        for (int a = 0; a < candidates.size(); a++)
            if (!limit.holds(used + limit.use(candidates.kind[a], candidates.cost[a]))) return false;
        return true;
    }

    private static void check(Candidates candidates) {
        for (int a = 0; a < candidates.size(); a++) {
            if (!Double.isFinite(candidates.value[a]))
                throw new IllegalArgumentException("the value of candidate %d is %s; it must be a number"
                        .formatted(candidates.row(a), candidates.value[a]));
            if (!(candidates.cost[a] >= 0) || candidates.cost[a] == Double.POSITIVE_INFINITY)
                throw new IllegalArgumentException("the cost of candidate %d is %s; it must be at least 0"
                        .formatted(candidates.row(a), candidates.cost[a]));
            if (candidates.kind[a] < 0 || candidates.kind[a] >= candidates.kinds())
                throw new IllegalArgumentException("candidate %d is of kind %d; there are %d"
                        .formatted(candidates.row(a), candidates.kind[a], candidates.kinds()));
        }
    }

    /** Candidates without those that alone are more than a limit. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Fitting(Candidates candidates, int[] kept) {
        static Fitting of(Candidates all, List<Limit> limits, double[] capacity) {
            double[] dearest = new double[all.kinds()];
            for (int a = 0; a < all.size(); a++) dearest[all.kind[a]] = Math.max(dearest[all.kind[a]], all.cost[a]);
            boolean fit = true;
            for (int j = 0; j < capacity.length; j++)
                for (int kind = 0; kind < dearest.length; kind++)
                    fit &= limits.get(j).holds(limits.get(j).use(kind, dearest[kind]));
            if (fit) return new Fitting(all, new int[0]);
            int[] kept = new int[all.size()];
            int[] first = new int[all.customers() + 1];
            int count = 0;
            for (int c = 0; c < all.customers(); c++) {
                for (int a = all.first[c]; a < all.first[c + 1]; a++) {
                    boolean fits = true;
                    for (Limit limit : limits) fits &= limit.holds(limit.use(all.kind[a], all.cost[a]));
                    if (fits) kept[count++] = a;
                }
                first[c + 1] = count;
            }
            int[] places = Arrays.copyOf(kept, count);
            return new Fitting(
                    Candidates.grouped(
                            first,
                            Arrays.stream(places).mapToDouble(a -> all.value[a]).toArray(),
                            Arrays.stream(places).mapToDouble(a -> all.cost[a]).toArray(),
                            Arrays.stream(places).map(a -> all.kind[a]).toArray(),
                            all.kinds()),
                    count == 0 ? new int[] {-1} : places);
        }

        int original(int action) {
            return kept.length == 0 ? action : kept[action];
        }
    }

    /** Who was drawn by lot, and for what. */
    private static final class Explored {
        private final boolean[] customer;
        private final int[] action;
        private final double[] use;
        private int customers;
        private double value;
        private double rate;

        private Explored(int customers, int limits) {
            customer = new boolean[customers];
            action = new int[customers];
            use = new double[limits];
        }

        static Explored draw(
                Candidates candidates,
                List<Limit> limits,
                double[] capacity,
                CustomerLimits rules,
                Exploration exploration) {
            if (exploration.share() == 0) return new Explored(0, capacity.length);
            Explored drawn = new Explored(candidates.customers(), capacity.length);
            double[] expected = new double[capacity.length];
            for (int c = 0; c < candidates.customers(); c++) {
                int from = candidates.first[c];
                int to = candidates.first[c + 1];
                if (rules.most(c) == 0) continue;
                for (int a = from; a < to; a++)
                    for (int j = 0; j < expected.length; j++)
                        expected[j] += limits.get(j).use(candidates.kind[a], candidates.cost[a]) / (to - from);
            }
            drawn.rate = exploration.share();
            for (int j = 0; j < expected.length; j++)
                if (expected[j] > 0) drawn.rate = Math.min(drawn.rate, exploration.share() * capacity[j] / expected[j]);
            for (int c = 0; c < candidates.customers(); c++) drawn.draw(c, candidates, limits, rules, exploration);
            return drawn;
        }

        private void draw(
                int c, Candidates candidates, List<Limit> limits, CustomerLimits rules, Exploration exploration) {
            int width = candidates.first[c + 1] - candidates.first[c];
            if (width == 0 || rules.most(c) == 0 || !(exploration.lot(c, 0) < rate)) return;
            int a = candidates.first[c] + (int) (exploration.lot(c, 1) * width);
            if (candidates.cost[a] > rules.mostCost()) return;
            // Only where limits are a handful of messages can the lot meet one that is used up.
            for (int j = 0; j < use.length; j++)
                if (!limits.get(j).holds(use[j] + limits.get(j).use(candidates.kind[a], candidates.cost[a]))) return;
            for (int j = 0; j < use.length; j++) use[j] += limits.get(j).use(candidates.kind[a], candidates.cost[a]);
            customer[c] = true;
            action[c] = a;
            customers++;
            value += candidates.value[a];
        }
    }

    /** The chosen actions of the whole problem, ascending, and what is certain of them. */
    private static final class Choice {
        private final int[] actions;
        private final double bound;
        private final boolean optimal;

        private Choice(int[] actions, double bound, boolean optimal) {
            this.actions = actions;
            this.bound = bound;
            this.optimal = optimal;
        }

        static Choice of(Problem whole, PriceSearch.Found found) {
            // From all candidates, whatever the search left out on its way.
            double bound = whole.dual(found.prices()).value();
            Problem core = found.core();
            Repair repair = new Repair(core, found.prices());
            if (!repair.run()) {
                core = PriceSearch.everything(whole);
                repair = new Repair(core, found.prices());
                if (!repair.run()) throw new IllegalStateException("the limits could not be kept");
            }
            boolean optimal = false;
            if (core == whole && whole.actions() <= FEW && bound - repair.profit() > CLOSED * Math.abs(bound)) {
                DeviationSearch search = new DeviationSearch(whole, found.prices(), bound);
                optimal = search.run(repair.profit());
                if (search.better()) repair.choose(search.actions());
            }
            return new Choice(chosen(whole, core, repair, found.prices()), bound, optimal);
        }

        private static int[] chosen(Problem whole, Problem core, Repair repair, double[] prices) {
            boolean[] open = new boolean[whole.customers()];
            int[] ofCore = new int[core.actions()];
            int count = 0;
            for (int c = 0; c < core.customers(); c++) {
                open[core.customer(c)] = true;
                for (int a = core.first[c]; a < core.first[c + 1]; a++)
                    if (repair.chosen(a)) ofCore[count++] = core.action(a);
            }
            List<int[]> settled = core == whole
                    ? List.of()
                    : whole.pieces(piece -> {
                        Picker picker = new Picker(whole, prices);
                        int[] all = new int[1024];
                        int size = 0;
                        for (int c = whole.begin(piece); c < whole.begin(piece + 1); c++) {
                            if (open[c]) continue;
                            int picked = picker.pick(c);
                            if (size + picked > all.length) all = Arrays.copyOf(all, 2 * all.length + picked);
                            for (int i = 0; i < picked; i++) all[size++] = picker.picked[i];
                        }
                        return Arrays.copyOf(all, size);
                    });
            int size = count;
            for (int[] piece : settled) size += piece.length;
            int[] actions = Arrays.copyOf(ofCore, size);
            for (int[] piece : settled) {
                System.arraycopy(piece, 0, actions, count, piece.length);
                count += piece.length;
            }
            Arrays.sort(actions);
            return actions;
        }
    }

    /** Number of chosen actions. */
    public int size() {
        return actions.length;
    }

    /** Places of the chosen actions among the candidates, by customer; {@link Candidates#row} gives the row. */
    public int[] actions() {
        return actions.clone();
    }

    /** Place of the i-th chosen action among the candidates. */
    public int action(int i) {
        return actions[i];
    }

    /** Whether the i-th chosen action was drawn by lot. */
    public boolean explored(int i) {
        return explored[i];
    }

    /**
     * With what probability the customer was to get the i-th chosen action, over the lots, at these prices: to be kept with
     * it, for unbiased evaluation later. 1 without exploration.
     */
    public double probability(int i) {
        return probability[i];
    }

    /** What the i-th chosen action leaves after paying the prices of all it takes. */
    public double surplus(int i) {
        return surplus[i];
    }

    /** Expected incremental profit of all chosen actions. */
    public double profit() {
        return profit;
    }

    /** No allocation (with the same lots drawn) can be expected to earn more. */
    public double bound() {
        return bound;
    }

    /** The share of the bound that is lacking at most. */
    public double gap() {
        return bound > profit ? (bound - profit) / Math.abs(bound) : 0;
    }

    /** Whether it is proven that no allocation is better. */
    public boolean optimal() {
        return optimal;
    }

    /** Each limit as handed in, with its use and its price. */
    public List<LimitUse> limits() {
        return uses;
    }

    /** The rate at which customers were drawn by lot. */
    public double explorationRate() {
        return explorationRate;
    }

    /** How often prices were tried, on parts or on the whole. */
    public int pricesTried() {
        return asked;
    }
}
