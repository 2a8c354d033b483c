package io.rekindle.models.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Words of praise and complaint with a strength, and what stands around them: "not good" is a complaint, "very good" more
 * than "good", and what comes after "but" counts for more than what came before. English and Chinese, our own list.
 */
final class WordList {
    /**
     * A word of the list found in a text.
     *
     * @param from first unit
     * @param to after the last
     * @param strength above 0 praise, below 0 complaint, negation and emphasis taken in
     */
    record Hit(int from, int to, double strength) {}

    private static final String FILE = "sentiment-words.txt";
    private static final int ENGLISH_SCOPE = 3;
    private static final int CHINESE_SCOPE = 2;
    private static final double PRAISE_NEGATED = -.8;
    private static final double COMPLAINT_NEGATED = -.4;
    private static final double EMPHASIS = 1.4;
    private static final double HEDGE = .6;
    private static final double BEFORE_BUT = .6;
    private static final double AFTER_BUT = 1.25;

    private static final Set<String> ENGLISH_NEGATORS = Set.of(
            "not",
            "no",
            "never",
            "cannot",
            "without",
            "neither",
            "nor",
            "hardly",
            "barely",
            "scarcely",
            "nothing",
            "none",
            "nobody",
            "lack",
            "lacks",
            "lacked",
            "lacking",
            "dont",
            "cant",
            "wont",
            "didnt",
            "doesnt",
            "isnt",
            "wasnt",
            "arent",
            "werent",
            "couldnt",
            "wouldnt",
            "shouldnt",
            "aint",
            "hasnt",
            "havent",
            "hadnt",
            "far");
    private static final Set<String> CHINESE_NEGATORS = Set.of(
            "不", "没", "没有", "无", "未", "毫无", "不是", "不太", "不够", "不怎么", "并不", "谈不上", "算不上", "称不上", "不算", "缺乏", "缺少", "不能",
            "无法", "别", "欠");
    private static final Set<String> EMPHATIC = Set.of(
            "very",
            "really",
            "extremely",
            "absolutely",
            "highly",
            "so",
            "totally",
            "completely",
            "truly",
            "most",
            "super",
            "incredibly",
            "too",
            "such",
            "especially",
            "particularly",
            "quite",
            "很",
            "太",
            "极",
            "超",
            "挺",
            "最",
            "好",
            "非常",
            "特别",
            "十分",
            "相当",
            "极其",
            "超级",
            "实在",
            "真",
            "真的",
            "绝对",
            "完全",
            "格外",
            "尤其",
            "更");
    private static final Set<String> HEDGING = Set.of(
            "somewhat",
            "slightly",
            "little",
            "bit",
            "fairly",
            "rather",
            "almost",
            "kinda",
            "稍",
            "略",
            "稍微",
            "略微",
            "有点",
            "有些",
            "比较",
            "较",
            "还算",
            "算",
            "基本");
    private static final Set<String> BUT = Set.of("but", "however", "yet", "但", "但是", "可是", "然而", "不过", "只是", "可惜");
    private static final Set<String> BUT_BEGINS =
            BUT.stream().map(word -> word.substring(0, 1)).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> END_OF_SENTENCE = Set.of(".", "!", "?", "。", ";");

    private static final WordList BUILT_IN = load();

    private final Map<String, Double> strengths;
    private final Map<String, Double> beginnings;
    /** By the unit an entry begins with, the units of the longest such entry. */
    private final Map<String, Integer> longest;

    private WordList(Map<String, Double> strengths, Map<String, Double> beginnings) {
        this.strengths = Map.copyOf(strengths);
        this.beginnings = Map.copyOf(beginnings);
        Map<String, Integer> lengths = new HashMap<>();
        for (String entry : strengths.keySet()) {
            Words words = Words.of(entry);
            lengths.merge(words.unit(0), words.size(), Math::max);
        }
        longest = Map.copyOf(lengths);
    }

    static WordList builtIn() {
        return BUILT_IN;
    }

    private static WordList load() {
        Map<String, Double> strengths = new HashMap<>();
        Map<String, Double> beginnings = new HashMap<>();
        InputStream file = WordList.class.getResourceAsStream(FILE);
        if (file == null) throw new IllegalStateException("the word list " + FILE + " is missing");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isBlank() || line.startsWith("#")) continue;
                int tab = line.indexOf('\t');
                double strength = Double.parseDouble(line.substring(0, tab));
                for (String entry : Arrays.asList(line.substring(tab + 1).split(" ", -1))) {
                    String word = entry.replace('_', ' ');
                    if (word.endsWith("*")) beginnings.put(word.substring(0, word.length() - 1), strength);
                    else strengths.put(word, strength);
                }
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        return new WordList(strengths, beginnings);
    }

    int size() {
        return strengths.size() + beginnings.size();
    }

    /** The words of the list in a text, from left to right, the longest first where several begin at one place. */
    List<Hit> find(Words words) {
        List<Hit> plain = new ArrayList<>();
        boolean[] taken = new boolean[words.size()];
        for (int from = 0; from < words.size(); ) {
            int to = from + 1;
            if (!words.isMark(from)) {
                int reach = longest.getOrDefault(words.unit(from), 1);
                for (int end = Math.min(words.size(), from + reach); end > from; end--) {
                    Double strength = strength(words, from, end);
                    if (strength == null) continue;
                    plain.add(new Hit(from, end, strength));
                    if (strength >= 0) Arrays.fill(taken, from, end, true);
                    to = end;
                    break;
                }
            }
            from = to;
        }
        return weighed(words, plain, taken);
    }

    private @Nullable Double strength(Words words, int from, int to) {
        String text = words.joined(from, to);
        Double strength = strengths.get(text);
        if (strength != null || to > from + 1 || beginnings.isEmpty()) return strength;
        for (int length = text.length(); length > 3; length--) {
            strength = beginnings.get(text.substring(0, length));
            if (strength != null) return strength;
        }
        return null;
    }

    private static List<Hit> weighed(Words words, List<Hit> plain, boolean[] taken) {
        boolean[] negator = new boolean[words.size()];
        double[] strength = new double[plain.size()];
        BitSet turns = plain.isEmpty() ? new BitSet() : turns(words);
        for (int k = 0; k < plain.size(); k++) {
            Hit hit = plain.get(k);
            double s = hit.strength();
            if (s == 0) continue;
            int negation = negation(words, hit.from(), taken, negator);
            int emphasisAt = negation >= 0 ? Math.max(negation, hit.from() - 2) : hit.from() - 2;
            s *= emphasis(words, emphasisAt, hit.from(), taken);
            if (negation >= 0) s *= s > 0 ? PRAISE_NEGATED : COMPLAINT_NEGATED;
            strength[k] = s * turn(words, hit, turns);
        }
        List<Hit> hits = new ArrayList<>();
        for (int k = 0; k < plain.size(); k++) {
            Hit hit = plain.get(k);
            // A word that turned another one round has said what it had to say.
            if (strength[k] != 0 && !negator[hit.from()]) hits.add(new Hit(hit.from(), hit.to(), strength[k]));
        }
        return hits;
    }

    /** Where the negation of what begins at a unit begins; -1 without one. Marks it. */
    private static int negation(Words words, int from, boolean[] taken, boolean[] negator) {
        boolean chinese = words.kind(from) == Words.Kind.CHARACTER;
        int scope = chinese ? CHINESE_SCOPE : ENGLISH_SCOPE;
        for (int end = from; end > Math.max(0, from - 1 - scope); end--) {
            if (words.isMark(end - 1)) return -1;
            if (chinese) {
                for (int begin = Math.max(0, end - 3); begin < end; begin++) {
                    if (taken[begin] || !CHINESE_NEGATORS.contains(words.joined(begin, end))) continue;
                    Arrays.fill(negator, begin, end, true);
                    return begin;
                }
            } else {
                String word = words.unit(end - 1);
                if (BUT.contains(word)) return -1;
                if (taken[end - 1] || !(ENGLISH_NEGATORS.contains(word) || word.endsWith("n't"))) continue;
                negator[end - 1] = true;
                return end - 1;
            }
        }
        return -1;
    }

    private static double emphasis(Words words, int from, int to, boolean[] taken) {
        double factor = 1;
        for (int begin = Math.max(0, from); begin < to; begin++)
            for (int end = begin + 1; end <= Math.min(to, begin + 2); end++) {
                if (end - begin > 1 && words.kind(begin) != Words.Kind.CHARACTER) continue;
                String word = words.joined(begin, end);
                if (EMPHATIC.contains(word) && !(taken[begin] && word.equals("好"))) factor = EMPHASIS;
                else if (HEDGING.contains(word)) factor = HEDGE;
            }
        return factor;
    }

    /** Where each "but" stands. */
    private static BitSet turns(Words words) {
        BitSet turns = new BitSet(words.size());
        for (int i = 0; i < words.size(); i++) if (isBut(words, i)) turns.set(i);
        return turns;
    }

    private static double turn(Words words, Hit hit, BitSet turns) {
        if (turns.isEmpty()) return 1;
        int before = turns.previousSetBit(hit.from() - 1);
        if (before >= 0 && isOneSentence(words, before, hit.from())) return AFTER_BUT;
        int behind = turns.nextSetBit(hit.to());
        if (behind >= 0 && isOneSentence(words, hit.to(), behind)) return BEFORE_BUT;
        return 1;
    }

    private static boolean isOneSentence(Words words, int from, int to) {
        for (int i = from; i < to; i++) if (END_OF_SENTENCE.contains(words.unit(i))) return false;
        return true;
    }

    private static boolean isBut(Words words, int i) {
        String unit = words.unit(i);
        if (BUT.contains(unit)) return true;
        return i + 1 < words.size()
                && words.kind(i) == Words.Kind.CHARACTER
                && BUT_BEGINS.contains(unit)
                && BUT.contains(words.joined(i, i + 2));
    }
}
