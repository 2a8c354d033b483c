package io.rekindle.models.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The last quarter of each customer's visits to a real shop, foretold from the others. */
class OnlineRetailTest {
    private static final double MONTH = 30;

    private static final Learner ITEM_ITEM =
            new Learner("item-item", data -> ItemItem.fit(data, ItemItem.Options.DEFAULT.with(new Strength(MONTH, 1))));
    private static final Learner RECENT = new Learner("recent", data -> Popularity.of(data, MONTH));
    private static final Learner REPURCHASE = new Learner("repurchase", Repurchase::fit);

    @Test
    void recommendersAreFarAbovePopularityOnNewItemsAndOnWhateverComesNext() {
        Split split = Split.lastOfEach(OnlineRetail.purchases(), .25);
        Evaluation fresh = tried(split, Goal.NEW, ITEM_ITEM, RECENT, hybrid(Goal.NEW, ITEM_ITEM, RECENT));
        Evaluation any =
                tried(split, Goal.ANY, ITEM_ITEM, REPURCHASE, RECENT, hybrid(Goal.ANY, ITEM_ITEM, REPURCHASE, RECENT));
        assertThat(fresh.quality("popularity").customers()).isGreaterThan(1500);
        // Above the best sellers of all times by half at least, and above those of the season too.
        for (String name : List.of("item-item", "hybrid")) {
            assertThat(ratio(fresh, name, "popularity")).isGreaterThan(1.5);
            assertThat(ratio(fresh, name, "recent")).isGreaterThan(1.5);
            assertThat(ratio(any, name, "popularity")).isGreaterThan(1.5);
            assertThat(ratio(any, name, "recent")).isGreaterThan(1.5);
        }
        assertThat(ratio(any, "repurchase", "popularity")).isGreaterThan(2.5);
        assertThat(ratio(any, "hybrid", "popularity")).isGreaterThan(2.5);
        assertThat(fresh.quality("hybrid").coverage())
                .isGreaterThan(5 * fresh.quality("popularity").coverage());
        assertThat(fresh.quality("hybrid").novelty())
                .isGreaterThan(fresh.quality("popularity").novelty());
    }

    private static Learner hybrid(Goal goal, Learner... parts) {
        return new Learner("hybrid", data -> Hybrid.fit(data, List.of(parts), goal, 1));
    }

    private static double ratio(Evaluation found, String name, String beside) {
        return found.quality(name).ndcg() / found.quality(beside).ndcg();
    }

    private static Evaluation tried(Split split, Goal goal, Learner... learners) {
        Evaluation found = Evaluation.of(split, List.of(learners), goal, 10, Integer.MAX_VALUE, 1);
        for (Evaluation.Method method : found.methods())
            System.out.println(String.format(
                    Locale.ROOT,
                    "Online Retail, %s, %s: nDCG@10 %.4f (± %.4f), recall %.4f, MAP %.4f, coverage %.3f, novelty %.2f",
                    goal,
                    method.name(),
                    method.quality().ndcg(),
                    method.quality().ndcgError(),
                    method.quality().recall(),
                    method.quality().map(),
                    method.quality().coverage(),
                    method.quality().novelty()));
        return found;
    }
}
