package io.rekindle.models.text;

import io.rekindle.models.numeric.Indices;
import io.rekindle.models.text.SentimentModel.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The parts of a text that speak loudest. What every unit contributes is known; neighbours that say the same are read as
 * one part, of at most some units: those of its units that say most.
 */
final class Reasons {
    private static final int MOST = 5;
    private static final int LONGEST_WORDS = 4;
    private static final int LONGEST_CHARACTERS = 8;
    private static final double SILENT = 1e-9;

    private Reasons() {}

    /** The loudest parts, the loudest first. */
    static List<Reason> of(Words words, double[] contribution) {
        List<Reason> parts = new ArrayList<>();
        double quiet = Arrays.stream(contribution).map(Math::abs).max().orElse(0) / 20;
        for (int from = 0; from < contribution.length; ) {
            int to = from + 1;
            if (!words.isMark(from) && Math.abs(contribution[from]) > Math.max(quiet, SILENT)) {
                while (to < contribution.length
                        && !words.isMark(to)
                        && words.kind(to) == words.kind(from)
                        && contribution[to] * contribution[from] > 0
                        && Math.abs(contribution[to]) > quiet) to++;
                parts.add(loudest(words, contribution, from, to));
            }
            from = to;
        }
        int[] order = Indices.sorted(parts.size(), (a, b) -> {
            int byStrength = Double.compare(
                    Math.abs(parts.get(b).logOdds()), Math.abs(parts.get(a).logOdds()));
            return byStrength != 0
                    ? byStrength
                    : parts.get(a).words().compareTo(parts.get(b).words());
        });
        List<Reason> reasons = new ArrayList<>();
        for (int k : order) {
            if (reasons.size() == MOST) break;
            String said = parts.get(k).words();
            if (reasons.stream().noneMatch(reason -> reason.words().equals(said))) reasons.add(parts.get(k));
        }
        return reasons;
    }

    private static Reason loudest(Words words, double[] contribution, int from, int to) {
        int most = words.kind(from) == Words.Kind.CHARACTER ? LONGEST_CHARACTERS : LONGEST_WORDS;
        int best = from;
        double bestSum = 0;
        int length = Math.min(most, to - from);
        for (int begin = from; begin + length <= to; begin++) {
            double sum = 0;
            for (int i = begin; i < begin + length; i++) sum += contribution[i];
            if (Math.abs(sum) > Math.abs(bestSum)) {
                best = begin;
                bestSum = sum;
            }
        }
        return new Reason(words.joined(best, best + length), bestSum);
    }
}
