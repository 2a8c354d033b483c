package io.rekindle.app.analyze;

import io.rekindle.models.recommend.Evaluation;
import io.rekindle.models.recommend.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The methods on purchases kept back.
 *
 * @param newItems found: items the customer had not bought before
 * @param repurchase found: whatever the customer bought next
 */
record RecommendTrials(
        String split,
        double holdout,
        int k,
        @Nullable Trial newItems,
        @Nullable Trial repurchase) {
    /** A method on purchases kept back. */
    record Tried(
            String method,
            double ndcg,
            double ndcgError,
            double recall,
            double precision,
            double map,
            double hitRate,
            double coverage,
            double novelty,
            double gainOverPopularity,
            double gainError,
            double ratioToPopularity) {
        static Tried of(Evaluation.Method method, Quality popularity) {
            var quality = method.quality();
            return new Tried(
                    method.name(),
                    quality.ndcg(),
                    quality.ndcgError(),
                    quality.recall(),
                    quality.precision(),
                    quality.map(),
                    quality.hitRate(),
                    quality.coverage(),
                    quality.novelty(),
                    method.gain(),
                    method.gainError(),
                    quality.ndcg() / popularity.ndcg());
        }
    }

    /**
     * What was found of one kind.
     *
     * @param customers tried on, of those with something to be found
     */
    record Trial(int customers, int heldCustomers, List<Tried> methods) {
        static Trial of(Evaluation evaluation) {
            var popularity = evaluation.methods().getFirst().quality();
            return new Trial(
                    popularity.customers(),
                    evaluation.heldCustomers(),
                    evaluation.methods().stream()
                            .map(method -> Tried.of(method, popularity))
                            .toList());
        }
    }

    /** What was found, line by line. */
    List<String> words() {
        var words = new ArrayList<String>();
        tell("new items", newItems, words);
        tell("whatever comes next", repurchase, words);
        return words;
    }

    private void tell(String what, @Nullable Trial trial, List<String> words) {
        if (trial == null) return;
        words.add(String.format(
                Locale.ROOT,
                "%s, tried on %s of %,d customers:",
                what,
                split.equals("time") ? "the last purchases" : "some purchases",
                trial.customers()));
        for (var tried : trial.methods())
            words.add(String.format(
                    Locale.ROOT,
                    "  %-12s nDCG@%d %.4f (%.2f × popularity), recall %.4f, MAP %.4f, hits %.1f %%, coverage %.1f %%, novelty %.1f bits",
                    tried.method(),
                    k,
                    tried.ndcg(),
                    tried.ratioToPopularity(),
                    tried.recall(),
                    tried.map(),
                    100 * tried.hitRate(),
                    100 * tried.coverage(),
                    tried.novelty()));
    }

    /** The same as pictures. */
    List<Chart> charts() {
        var charts = new ArrayList<Chart>();
        draw("How well new items are found", newItems, charts);
        draw("How well whatever comes next is found", repurchase, charts);
        return charts;
    }

    private void draw(String title, @Nullable Trial trial, List<Chart> charts) {
        if (trial == null) return;
        var names = List.of("nDCG", "recall", "MAP", "hit rate", "coverage");
        var bars = new ArrayList<Chart.Bars>();
        for (var tried : trial.methods())
            bars.add(new Chart.Bars(
                    tried.method(),
                    new double[] {tried.ndcg(), tried.recall(), tried.map(), tried.hitRate(), tried.coverage()}));
        charts.add(new Chart.BarGroups(
                title,
                "On %,d customers' purchases kept back, at %d items each. Popularity offers everybody the same."
                        .formatted(trial.customers(), k),
                "",
                "from 0 to 1",
                names,
                bars));
    }
}
