package io.rekindle.app.analyze;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code rekindle analyze}: the models on plain files. Another analysis is a subclass of {@link Analysis}, named here. */
@Command(
        name = "analyze",
        description = "Run the models on CSV or Parquet files; no server is needed and nothing is kept.",
        mixinStandardHelpOptions = true)
public final class AnalyzeCommand implements Runnable {
    public static final List<Class<?>> ANALYSES = List.of(
            ClvAnalysis.class,
            RhythmAnalysis.class,
            ExperimentAnalysis.class,
            PowerAnalysis.class,
            AttributionAnalysis.class,
            RecommendAnalysis.class,
            ClusterAnalysis.class,
            BasketAnalysis.class,
            PropensityAnalysis.class,
            SentimentAnalysis.class,
            AllocateAnalysis.class,
            LinkAnalysis.class,
            ThemesAnalysis.class,
            ProductsAnalysis.class,
            UpliftAnalysis.class);

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
