package io.rekindle.app.analyze;

import io.rekindle.models.recommend.Ease;
import io.rekindle.models.recommend.Evaluation;
import io.rekindle.models.recommend.Goal;
import io.rekindle.models.recommend.Hybrid;
import io.rekindle.models.recommend.ImplicitAls;
import io.rekindle.models.recommend.Interactions;
import io.rekindle.models.recommend.ItemItem;
import io.rekindle.models.recommend.Learner;
import io.rekindle.models.recommend.Popularity;
import io.rekindle.models.recommend.Recommendations;
import io.rekindle.models.recommend.Repurchase;
import io.rekindle.models.recommend.Similarity;
import io.rekindle.models.recommend.Split;
import io.rekindle.models.recommend.Strength;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze recommend}: what to offer to whom. */
@Command(
        name = "recommend",
        description = {
            "What to offer to whom: the best items for every customer, tried out on purchases kept back, beside popularity.",
            "Fields: customer, item, time (optional), amount (optional; negative amounts are refunds). Purchases of an item by a customer on one day are one.",
            "Rows: customer, rank, item, score."
        },
        mixinStandardHelpOptions = true)
final class RecommendAnalysis extends Analysis {
    /** Below this many customers nobody is like anybody. */
    private static final int FEW_CUSTOMERS = 50;

    /** What is added to a method's name when it knows what customers and items are. */
    private static final String DESCRIBED = "+described";

    /** About what two processors score in a quarter of an hour. */
    private static final long MOST_SCORES = 200_000_000_000L;

    /** Ways to recommend. */
    enum Method {
        HYBRID,
        ITEM_ITEM,
        ALS,
        EASE,
        REPURCHASE,
        POPULARITY;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean looksAtAll() {
            return switch (this) {
                case HYBRID, ALS, EASE -> true;
                case ITEM_ITEM, REPURCHASE, POPULARITY -> false;
            };
        }

        static Method of(String text) {
            return Arrays.stream(values())
                    .filter(method -> method.word().equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> Problem.invalid(
                            "method_unknown",
                            "there is no method '%s'; there are %s"
                                    .formatted(
                                            text,
                                            String.join(
                                                    ", ",
                                                    Arrays.stream(values())
                                                            .map(Method::word)
                                                            .toList()))));
        }
    }

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--k", description = "Items for a customer (default: ${DEFAULT-VALUE}).")
    private int k = 10;

    @Option(
            names = "--method",
            description =
                    "hybrid (item-item, repurchase and popularity, weighted by what did best), item-item, als, ease, repurchase or popularity (default: ${DEFAULT-VALUE}).")
    private String method = "hybrid";

    @Option(names = "--similarity", description = "Of item-item: cosine, jaccard or lift (default: ${DEFAULT-VALUE}).")
    private String similarity = "cosine";

    @Option(
            names = "--exclude-seen",
            arity = "1",
            paramLabel = "true|false",
            description = "true: only items new to the customer; false: staples come back (default: ${DEFAULT-VALUE}).")
    private boolean excludeSeen = true;

    @Option(
            names = "--half-life",
            paramLabel = "LENGTH",
            description =
                    "After what time a purchase says half as much about customer and season: 30d, 12w (default: ${DEFAULT-VALUE}).")
    private String halfLife = "30d";

    @Option(
            names = "--split",
            paramLabel = "time|random",
            description =
                    "What is kept back to try the methods on: each customer's last purchases, or some by chance (default: time where there are times).")
    private @Nullable String split;

    @Option(
            names = "--holdout",
            paramLabel = "SHARE",
            description = "Share of each customer's purchases that is kept back (default: ${DEFAULT-VALUE}).")
    private double holdout = .25;

    @Option(
            names = "--evaluate",
            paramLabel = "CUSTOMERS",
            description = "Most customers to try the methods on; 0 for none (default: ${DEFAULT-VALUE}).")
    private int evaluate = 20_000;

    @Option(
            names = "--items",
            paramLabel = "FILE",
            description =
                    "What is known of the items, one row for each: its other columns (category, price, name …) make items nobody bought yet known by items like them.")
    private @Nullable Path itemsFile;

    @Option(
            names = "--available",
            paramLabel = "COLUMN",
            description = "Column of --items that is true for what may be recommended (true/false, yes/no, 1/0).")
    private @Nullable String availableColumn;

    @Option(
            names = "--customers",
            paramLabel = "FILE",
            description =
                    "What is known of the customers, one row for each: those who bought little get what customers like them bought.")
    private @Nullable Path customersFile;

    /** A part of the hybrid. */
    record Part(String method, double weight) {}

    record Results(
            String method,
            List<Part> parts,
            int customers,
            int items,
            int pairs,
            int purchases,
            int k,
            boolean excludeSeen,
            @Nullable RecommendTrials evaluation) {}

    @Override
    Outcome analyse(Progress progress) {
        var how = Method.of(method);
        if (k < 1) throw Problem.invalid("k_invalid", "--k %d must be at least 1".formatted(k));
        if (!(holdout > 0 && holdout < 1))
            throw Problem.invalid("holdout_invalid", "--holdout %s must lie between 0 and 1".formatted(holdout));
        if (evaluate < 0)
            throw Problem.invalid("evaluate_invalid", "--evaluate %d must be at least 0".formatted(evaluate));
        double decay = Length.of(halfLife, "--half-life").days();
        var alike = alike();
        var card = new Card();
        if (availableColumn != null && itemsFile == null)
            throw Problem.invalid("option_missing", "--available names a column of --items FILE; give that file");
        var log = RecommendLog.read(input, itemsFile, availableColumn, customersFile, card, progress);
        var data = log.purchases();
        boolean byTime = byTime(data);
        if (how == Method.REPURCHASE && !data.timed())
            throw input.notMapped("--method repurchase needs time; say so with --map time=COLUMN");
        if (how.looksAtAll() && (long) data.customers() * data.items() > MOST_SCORES)
            throw Problem.invalid(
                    "too_many_scores",
                    "%,d customers and %,d items are too many for --method %s, which scores every item for every customer; take --method item-item, which looks at what is alike only, or leave out what hardly anybody bought"
                            .formatted(data.customers(), data.items(), how.word()));
        warn(data, how, card);

        var goal = excludeSeen ? Goal.NEW : Goal.ANY;
        var trials = evaluate == 0 ? null : trials(log, how, alike, decay, byTime, card, progress);
        if (trials != null) judge(trials, card);
        progress.begin("learning " + how.word());
        var recommender = learner(how, alike, decay, goal).fit(data);
        var known = log.cold(recommender);
        progress.end("%,d customers, %,d items, %,d pairs".formatted(data.customers(), data.items(), data.pairs()));
        progress.begin("recommending");
        var found = Recommendations.of(known, k, log.candidates(goal));
        var rows = rows(found, log);
        progress.end("%,d rows".formatted(rows.size()));
        if (rows.size() < (long) Math.min(k, data.items()) * data.customers())
            card.warn(
                    "fewer_than_asked",
                    "some customers got fewer than %d items: of the %,d items they own the others, or these are not available"
                            .formatted(k, data.items()));

        var parts = new ArrayList<Part>();
        if (recommender instanceof Hybrid hybrid)
            for (int i = 0; i < hybrid.names().size(); i++)
                parts.add(new Part(hybrid.names().get(i), hybrid.weights()[i]));
        return new Outcome(
                new Results(
                        how.word(),
                        parts,
                        data.customers(),
                        data.items(),
                        data.pairs(),
                        data.purchases(),
                        k,
                        excludeSeen,
                        trials),
                words(data, how, parts, trials),
                rows,
                trials == null ? List.of() : trials.charts(),
                card);
    }

    private Similarity alike() {
        try {
            return Similarity.valueOf(similarity.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "similarity_unknown",
                    "there is no similarity '%s'; there are cosine, jaccard, lift".formatted(similarity));
        }
    }

    private boolean byTime(Interactions data) {
        if (split == null) return data.timed();
        return switch (split.toLowerCase(Locale.ROOT)) {
            case "time" -> {
                if (!data.timed()) throw input.notMapped("--split time needs time; say so with --map time=COLUMN");
                yield true;
            }
            case "random" -> false;
            default ->
                throw Problem.invalid(
                        "split_unknown", "there is no split '%s'; there are time and random".formatted(split));
        };
    }

    private static void warn(Interactions data, Method how, Card card) {
        if (data.customers() == 1)
            card.warn("one_customer", "there is one customer: nothing can be learnt from others");
        else if (data.customers() < FEW_CUSTOMERS)
            card.warn(
                    "few_customers",
                    "there are %,d customers: what they have in common is mostly chance".formatted(data.customers()));
        if (data.items() == 1) card.warn("one_item", "there is one item: nothing to choose from");
        long single = 0;
        for (int c = 0; c < data.customers(); c++) if (data.owned(c) == 1) single++;
        if (single > data.customers() / 2 && how != Method.POPULARITY)
            card.warn(
                    "single_items",
                    "%,d of %,d customers bought one item only: little is known of them"
                            .formatted(single, data.customers()));
    }

    /** A method with all its settings. */
    private Learner learner(Method how, Similarity alike, double decay, Goal goal) {
        return switch (how) {
            case ITEM_ITEM ->
                new Learner(
                        how.word(),
                        data -> ItemItem.fit(
                                data,
                                ItemItem.Options.DEFAULT
                                        .with(alike)
                                        .with(data.timed() ? new Strength(decay, 1) : Strength.ROOT)));
            case ALS -> new Learner(how.word(), data -> ImplicitAls.fit(data, ImplicitAls.Options.DEFAULT, seed()));
            case EASE -> new Learner(how.word(), data -> Ease.fit(data, Ease.Options.DEFAULT));
            case REPURCHASE -> new Learner(how.word(), Repurchase::fit);
            case POPULARITY -> new Learner(how.word(), Popularity::of);
            case HYBRID ->
                new Learner(how.word(), data -> {
                    var parts = new ArrayList<Learner>();
                    parts.add(learner(Method.ITEM_ITEM, alike, decay, goal));
                    if (goal == Goal.ANY && data.timed()) parts.add(learner(Method.REPURCHASE, alike, decay, goal));
                    parts.add(
                            data.timed()
                                    ? new Learner("recent-popularity", d -> Popularity.of(d, decay))
                                    : learner(Method.POPULARITY, alike, decay, goal));
                    return Hybrid.fit(data, parts, goal, seed());
                });
        };
    }

    private @Nullable RecommendTrials trials(
            RecommendLog log,
            Method how,
            Similarity alike,
            double decay,
            boolean byTime,
            Card card,
            Progress progress) {
        var data = log.purchases();
        var kept = byTime ? Split.lastOfEach(data, holdout) : Split.random(data, holdout, seed());
        var found = new ArrayList<RecommendTrials.@Nullable Trial>();
        for (var goal : List.of(Goal.NEW, Goal.ANY)) {
            var methods = new ArrayList<Learner>();
            if (how == Method.HYBRID) {
                methods.add(learner(Method.ITEM_ITEM, alike, decay, goal));
                if (goal == Goal.ANY && data.timed()) methods.add(learner(Method.REPURCHASE, alike, decay, goal));
            }
            if (how != Method.POPULARITY || log.isDescribed()) {
                var plain = learner(how, alike, decay, goal);
                methods.add(new Learner(
                        log.isDescribed() ? plain.name() + DESCRIBED : plain.name(),
                        train -> log.cold(plain.fit(train))));
            }
            if (kept.held(goal) == 0) {
                found.add(null);
                continue;
            }
            progress.begin("trying on " + (goal == Goal.NEW ? "new items" : "whatever comes next"));
            var evaluation = Evaluation.of(kept, methods, goal, k, evaluate, seed());
            progress.end("%,d customers".formatted(evaluation.heldCustomers()));
            found.add(RecommendTrials.Trial.of(evaluation));
        }
        if (found.get(0) == null && found.get(1) == null) {
            card.warn(
                    "not_evaluated",
                    byTime
                            ? "no customer bought on two days: how good the recommendations are cannot be tried"
                            : "no customer bought two items: how good the recommendations are cannot be tried");
            return null;
        }
        return new RecommendTrials(byTime ? "time" : "random", holdout, k, found.get(0), found.get(1));
    }

    private void judge(RecommendTrials trials, Card card) {
        var trial = excludeSeen ? trials.newItems() : trials.repurchase();
        if (trial == null || trial.methods().size() == 1) return;
        var chosen = trial.methods().getLast();
        if (!(chosen.gainOverPopularity() > 2 * chosen.gainError()))
            card.warn(
                    "not_above_popularity",
                    String.format(
                            Locale.ROOT,
                            "%s is not clearly better than the best sellers on purchases kept back: nDCG %.4f against %.4f (difference %.4f ± %.4f)",
                            chosen.method(),
                            chosen.ndcg(),
                            trial.methods().getFirst().ndcg(),
                            chosen.gainOverPopularity(),
                            chosen.gainError()));
    }

    private static ResultRows rows(Recommendations found, RecommendLog log) {
        int size = 0;
        for (int i = 0; i < found.customers(); i++) size += found.count(i);
        int[] customer = new int[size];
        int[] rank = new int[size];
        int at = 0;
        for (int i = 0; i < found.customers(); i++)
            for (int r = 0; r < found.count(i); r++) {
                customer[at] = i;
                rank[at++] = r;
            }
        return ResultRows.of(size)
                .text("customer", i -> log.customers().get(customer[i]))
                .count("rank", i -> rank[i] + 1)
                .text("item", i -> log.items().get(found.item(customer[i], rank[i])))
                .decimal("score", i -> found.score(customer[i], rank[i]));
    }

    private List<String> words(Interactions data, Method how, List<Part> parts, @Nullable RecommendTrials trials) {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d customers, %,d items, %,d purchases: %d items for each, %s, by %s",
                data.customers(),
                data.items(),
                data.purchases(),
                k,
                excludeSeen ? "new to them" : "bought before or not",
                how.word()));
        if (!parts.isEmpty())
            words.add("weights: "
                    + String.join(
                            ", ",
                            parts.stream()
                                    .map(part -> String.format(Locale.ROOT, "%s %.1f", part.method(), part.weight()))
                                    .toList()));
        if (trials != null) words.addAll(trials.words());
        return words;
    }
}
