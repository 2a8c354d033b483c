package io.rekindle.models.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.SharedTable;
import io.rekindle.models.table.Column;
import io.rekindle.models.table.Remark;
import io.rekindle.models.table.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Clustering.Settings CHOSEN = new Clustering.Settings(Optional.empty(), 6, 1);

    private static Clustering.Settings given(int k) {
        return new Clustering.Settings(Optional.of(k), 6, 1);
    }

    /** Row i is of cluster i mod 3: one spends much, one comes often, one joined late; a city each, mostly; shoes are noise. */
    private static Table customers(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] spend = new double[n];
        double[] visits = new double[n];
        double[] noise = new double[n];
        long[] joined = new long[n];
        int[] city = new int[n];
        for (int i = 0; i < n; i++) {
            int cluster = i % 3;
            spend[i] = (cluster == 0 ? 160 : 20) * Math.exp(.15 * random.nextGaussian());
            visits[i] = (cluster == 1 ? 9 : 3) + .3 * random.nextGaussian();
            noise[i] = random.nextGaussian();
            joined[i] = 86_400L * ((cluster == 2 ? 20_000 : 18_000) + random.nextInt(300));
            city[i] = random.nextDouble() < .9 ? cluster : random.nextInt(3);
        }
        return Table.of(List.of(
                new Column.Numbers("spend", spend),
                new Column.Numbers("visits", visits),
                new Column.Numbers("shoe", noise),
                new Column.Dates("joined", joined),
                new Column.Categories("city", List.of("Lyon", "Oslo", "Riga"), city)));
    }

    private static int[] truth(int n) {
        return IntStream.range(0, n).map(i -> i % 3).toArray();
    }

    @Test
    void groupsAreFoundAndCountedAndToldInWords() {
        Clustering found = Clustering.fit(customers(600, 1), CHOSEN);
        assertThat(found.k()).isEqualTo(3);
        assertThat(Partitions.adjustedRand(found.clusters(), truth(600))).isGreaterThan(.97);
        assertThat(found.count().orElseThrow().best().stability()).isGreaterThan(.9);
        assertThat(found.remarks()).extracting(Remark::code).doesNotContain("unstable", "weak_structure");
        String rich = words(found, 0, Trait.Language.ENGLISH);
        assertThat(rich)
                .startsWith("spend high (median 1")
                .contains("against 20", "city Lyon (9")
                .doesNotContain("shoe");
        assertThat(words(found, 1, Trait.Language.ENGLISH)).contains("visits high (median 9", "city Oslo (9");
        assertThat(words(found, 2, Trait.Language.ENGLISH)).contains("joined late (median 2025-0", "city Riga (9");
        assertThat(words(found, 0, Trait.Language.CHINESE)).contains("spend偏高（中位数 1", "city多为Lyon（占 9");
        assertThat(found.profiles().get(found.clusters()[2]).share()).isCloseTo(1 / 3.0, within(.01));
        assertThat(found.columns()).containsExactlyInAnyOrder("spend", "visits", "shoe", "joined", "city");
    }

    private static String words(Clustering found, int row, Trait.Language language) {
        return found.profiles().get(found.clusters()[row]).words(language);
    }

    @Test
    void neitherTheOrderOfRowsNorOfColumnsNorTheUnitChangesAnything() {
        Table table = customers(300, 2);
        Clustering found = Clustering.fit(table, CHOSEN);
        int[] turned = IntStream.range(0, 300).map(i -> (i * 7 + 13) % 300).toArray();
        Clustering shuffled =
                Clustering.fit(Table.of(table.rows(turned).columns().reversed()), CHOSEN);
        int[] before = found.clusters();
        assertThat(shuffled.clusters())
                .containsExactly(Arrays.stream(turned).map(row -> before[row]).toArray());
        assertThat(shuffled.count()).isEqualTo(found.count());
        double[] cents = ((Column.Numbers) table.columns().get(0)).values().clone();
        for (int i = 0; i < 300; i++) cents[i] = 100 * cents[i] - 7;
        Clustering other = Clustering.fit(
                Table.of(List.of(
                        new Column.Numbers("spend", cents),
                        table.columns().get(1),
                        table.columns().get(2),
                        table.columns().get(3),
                        table.columns().get(4))),
                CHOSEN);
        assertThat(other.clusters()).containsExactly(before);
        assertThat(other.silhouette()).isCloseTo(found.silhouette(), within(1e-9));
        assertThat(Clustering.fit(table, CHOSEN).distances()).containsExactly(found.distances());
    }

    @Test
    void rowsThatAreThereTwiceGoTogether() {
        Table table = customers(150, 3);
        int[] twice = IntStream.range(0, 300).map(i -> i % 150).toArray();
        Clustering found = Clustering.fit(table.rows(twice), given(3));
        assertThat(Arrays.copyOfRange(found.clusters(), 150, 300))
                .containsExactly(Arrays.copyOf(found.clusters(), 150));
        int[] once = Clustering.fit(table, given(3)).clusters();
        assertThat(Partitions.adjustedRand(once, Arrays.copyOf(found.clusters(), 150)))
                .isEqualTo(1);
    }

    @Test
    void manyRowsAreGroupedInSmallBatchesAsWell() {
        int n = KMeans.MOST_WHOLE + 10_000;
        Clustering found = Clustering.fit(customers(n, 4), given(3));
        assertThat(Partitions.adjustedRand(found.clusters(), truth(n))).isGreaterThan(.97);
    }

    @Test
    void whereThereIsNoStructureItIsSaid() {
        SplittableRandom random = new SplittableRandom(5);
        double[] x = random.doubles(400).toArray();
        double[] y = random.doubles(400).toArray();
        double[] z = random.doubles(400).toArray();
        double[] w = random.doubles(400).toArray();
        Clustering found = Clustering.fit(
                Table.of(List.of(
                        new Column.Numbers("x", x),
                        new Column.Numbers("y", y),
                        new Column.Numbers("z", z),
                        new Column.Numbers("w", w))),
                CHOSEN);
        assertThat(found.remarks()).extracting(Remark::code).contains("weak_structure");
    }

    /** No step of Lloyd's can better it: every point is at its nearest centre, every centre at the mean of its points. */
    @Test
    void centresAreTheMeansOfThePointsNearestToThem() {
        SplittableRandom random = new SplittableRandom(6);
        double[] points = random.doubles(600).toArray();
        KMeans found = KMeans.fit(points, 3, 4, 9);
        assertThat(found.place(points)).containsExactly(found.clusters());
        double inertia = 0;
        for (int c = 0; c < 4; c++) {
            double[] mean = new double[3];
            int size = 0;
            for (int i = 0; i < 200; i++) {
                if (found.clusters()[i] != c) continue;
                size++;
                for (int d = 0; d < 3; d++) mean[d] += points[3 * i + d];
                inertia += Math.pow(found.distance(points, 3 * i, c), 2);
            }
            for (int d = 0; d < 3; d++) assertThat(mean[d] / size).isCloseTo(found.centre(c)[d], within(1e-12));
        }
        assertThat(found.inertia()).isCloseTo(inertia, within(1e-9));
        // The best split of four points on a line, by looking at all of them.
        assertThat(KMeans.fit(new double[] {0, 1, 10, 12}, 1, 2, 1).inertia()).isCloseTo(.5 + 2, within(1e-12));
        assertThat(KMeans.fit(new double[] {5, 5, 5}, 1, 2, 1).k()).isEqualTo(1);
    }

    /** Hubert and Arabie's index by hand: pairs together in both 2, in one 4, in the other 3, of 15. */
    @Test
    void likenessOfPartitionsIsTheHandCalculation() {
        int[] one = {0, 0, 0, 1, 1, 2};
        int[] other = {0, 0, 1, 1, 2, 2};
        // One: 3 + 1 pairs; other: 1 + 1 + 1; both: 1 (the first two).
        double chance = 4 * 3 / 15.0;
        assertThat(Partitions.adjustedRand(one, other)).isCloseTo((1 - chance) / (3.5 - chance), within(1e-12));
        assertThat(Partitions.adjustedRand(one, new int[] {2, 2, 2, 0, 0, 1})).isEqualTo(1);
    }

    /** Points 0, 2 | 10: of 0 own 2, next 10: .8; of 2 own 2, next 8: .75; alone: 0. */
    @Test
    void theSilhouetteIsTheHandCalculation() {
        assertThat(Partitions.silhouette(new double[] {0, 2, 10}, 1, new int[] {0, 0, 1}))
                .isCloseTo((.8 + .75) / 3, within(1e-12));
    }

    /** Of the cluster {3, 5}, others {1, 3, 4}: pairs above 3 + 1 (3>1, 5>1, 5>3, 5>4), below 1 (3<4), equal 1. */
    @Test
    void aLevelsEffectIsCliffsDelta() {
        Table table = Table.of(List.of(new Column.Numbers("x", new double[] {3, 5, 1, 3, 4})));
        Trait trait = new Traits(table).of(new int[] {1, 1, 0, 0, 0}, 1, 5).getFirst();
        assertThat(trait.effect()).isCloseTo((4 - 1) / 6.0, within(1e-12));
        assertThat(trait.words(Trait.Language.ENGLISH)).isEqualTo("x high (median 4 against 3)");
    }

    @Test
    void gapsAndRareNamesAreTold() {
        Table table = Table.of(List.of(
                new Column.Numbers(
                        "age",
                        IntStream.range(0, 100)
                                .mapToDouble(i -> i < 50 ? Double.NaN : 30)
                                .toArray()),
                new Column.Categories(
                        "plan",
                        List.of("a", "b"),
                        IntStream.range(0, 100).map(i -> i < 50 ? -1 : i % 2).toArray())));
        Clustering found = Clustering.fit(table, given(2));
        assertThat(found.profiles().get(found.clusters()[0]).words(Trait.Language.ENGLISH))
                .contains("age unknown (100 % against 0 %)", "plan not");
    }

    @Test
    void realCustomersAreDividedByWhatTheyHave() {
        Table table = SharedTable.read(
                        "telco_churn/telco.csv",
                        "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,OnlineSecurity,OnlineBackup,DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn")
                .without(List.of("Churn"));
        Clustering found = Clustering.fit(table, CHOSEN);
        assertThat(found.remarks()).extracting(Remark::code).contains("column_all_different");
        assertThat(found.count().orElseThrow().best().stability()).isGreaterThan(.8);
        // Who has no internet at all is a group by itself in whatever division.
        assertThat(found.profiles())
                .anyMatch(profile -> profile.words(Trait.Language.ENGLISH).contains("No internet service (100 %"));
    }

    @Test
    void whatCannotBeGroupedIsRefusedOrRemarkedOn() {
        assertThatThrownBy(() -> Clustering.fit(customers(2, 1), CHOSEN)).hasMessageContaining("there are 2 rows");
        Table still = Table.of(List.of(new Column.Numbers("x", new double[] {1, 1, 1, 1})));
        assertThatThrownBy(() -> Clustering.fit(still, CHOSEN)).hasMessageContaining("no column in which rows differ");
        Table own = Table.of(List.of(
                new Column.Categories(
                        "id",
                        IntStream.range(0, 500).mapToObj(i -> "n" + i).toList(),
                        IntStream.range(0, 500).toArray()),
                new Column.Numbers("same", new double[500])));
        assertThatThrownBy(() -> Clustering.fit(own, CHOSEN)).hasMessageContaining("no column in which rows differ");
        assertThatThrownBy(() -> new Clustering.Settings(Optional.of(0), 5, 1)).hasMessageContaining("0 clusters");
        assertThatThrownBy(() -> new Clustering.Settings(Optional.empty(), 1, 1))
                .hasMessageContaining("up to 1");
        assertThatThrownBy(() -> KMeans.fit(new double[] {1, Double.NaN}, 1, 1, 1))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> KMeans.fit(new double[3], 2, 1, 1)).hasMessageContaining("3 numbers");
        Clustering few =
                Clustering.fit(Table.of(List.of(new Column.Numbers("x", new double[] {1, 2, 1, 2}))), given(3));
        assertThat(few.k()).isEqualTo(2);
        assertThat(few.remarks()).extracting(Remark::code).contains("fewer_clusters");
        assertThat(Clustering.fit(customers(3, 1), CHOSEN).k()).isEqualTo(2);
    }

    @Test
    void aMillionNamesAndAnAbsurdNumberDoNoHarm() {
        int n = 60_000;
        SplittableRandom random = new SplittableRandom(1);
        double[] spend = new double[n];
        for (int i = 0; i < n; i++) spend[i] = (i % 2 == 0 ? 10 : 50) + random.nextGaussian();
        spend[0] = 1e300;
        int[] code = IntStream.range(0, n).map(i -> i * 16).toArray();
        Clustering found = Clustering.fit(
                Table.of(List.of(
                        new Column.Numbers("spend", spend),
                        new Column.Categories(
                                "token",
                                IntStream.range(0, 1_000_000)
                                        .mapToObj(Integer::toString)
                                        .toList(),
                                code))),
                given(2));
        assertThat(found.remarks()).extracting(Remark::code).contains("column_all_different");
        assertThat(Partitions.adjustedRand(
                        found.clusters(), IntStream.range(0, n).map(i -> i % 2).toArray()))
                .isGreaterThan(.99);
    }
}
