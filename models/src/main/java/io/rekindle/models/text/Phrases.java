package io.rekindle.models.text;

import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The phrases texts are about, found without a dictionary.
 *
 * <p>What: one to three words, or two to five characters, in a row. A phrase holds together: its parts meet more often than
 * chance would have it, wherever it is cut; and it is free: what stands before and after it varies (for characters only,
 * where nothing else shows where a word ends). It neither begins nor ends with a function word, and is not mere praise or
 * abuse. Of two phrases one of which nearly always stands within the other, the longer stays.
 *
 * <p>Source: pointwise mutual information with boundary entropy, as used for finding new words of Chinese; the thresholds
 * are ours. Complexity: linear in the texts, sorting aside.
 */
final class Phrases {
    private static final int LONGEST_WORDS = 3;
    private static final int LONGEST_CHARACTERS = 4;
    private static final double COHESION = 3;
    private static final double WORD_COHESION = 2;
    private static final double FREEDOM = .9;
    private static final double WITHIN = .75;
    private static final int MOST = 600;
    private static final double TOO_STRONG = 2.5;

    private static final Set<String> STOP = Set.copyOf(
            Arrays.asList(("a an the and or but if of to in on at by for with from as is are was were be been"
                            + " being am do does did doing have has had having i me my mine we our ours us you your yours he him his she her hers it"
                            + " its they them their theirs this that these those there here who whom which what when where why how not no nor so"
                            + " than then too very can could will would shall should may might must just also only even still ever never always"
                            + " all any both each few more most other some such own same up down out off over under again further once about into"
                            + " through during before after above below between because while until against i'm i've i'd i'll it's that's don't"
                            + " doesn't didn't isn't wasn't aren't weren't can't couldn't won't wouldn't shouldn't haven't hasn't hadn't you're"
                            + " they're we're there's what's let's get got go going went come came make made makes one two really much many well"
                            + " thing things lot lots way every everything anything something nothing someone anyone everyone since ago yet say"
                            + " said see seen take took give gave use used using first last back around another though although however like want"
                            + " now enough completely absolutely obviously either couple right hard better less others far none whole"
                            + " simply almost quite rather maybe perhaps later seems seem seemed lasts goes gets getting going along"
                            + " especially definitely big small new old pretty long different several"
                            + " need know think thought find found put tell told try tried let im ive dont u s t")
                    .split(" ", -1)));
    private static final String EDGE =
            "的了是在我你他她它们这那有和与及或就都也很还不没太要会能可被把对给从到向等着过吧吗呢啊呀哦嘛个之而且但因为所以如果虽然一二三两几只最更比较非常多少么什怎得地上下里中后前来去说让又再才却并已经于其此该为以无未每些者则即若并将使令";
    private static final Set<String> STOP_CHINESE = Set.of(
            "我们", "他们", "你们", "大家", "时候", "感觉", "觉得", "知道", "希望", "建议", "总体", "总之", "本人", "自己", "别人", "先生", "小姐", "朋友",
            "第二", "第三", "今天", "昨天", "明天", "今年", "去年", "问题", "方面", "情况", "东西", "地方", "酒店", "宾馆", "客人", "时间", "晚上", "入住",
            "居然", "竟然", "好像", "应该", "可能", "其他", "其它", "特别", "实在", "简直", "根本", "反正", "例如", "比如", "至少", "确实", "左右", "开始",
            "结果", "最后", "发现", "看到", "听到", "起来", "告诉", "估计", "只能", "必须");

    /** The phrases, the most frequent first. */
    final List<String> phrases;
    /** For each sentence the numbers of its phrases, ascending, each once. */
    final int[][] ofSentence;
    /** In how many sentences each phrase stands. */
    final int[] count;

    private Phrases(List<String> phrases, int[][] ofSentence, int[] count) {
        this.phrases = phrases;
        this.ofSentence = ofSentence;
        this.count = count;
    }

    private static final class Candidate {
        final String text;
        final int length;
        int count;
        int lastSentence = -1;
        double cohesion = Double.POSITIVE_INFINITY;
        final Map<String, Integer> before = new HashMap<>();
        final Map<String, Integer> after = new HashMap<>();

        Candidate(String text, int length) {
            this.text = text;
            this.length = length;
        }
    }

    /**
     * Finds the phrases of some sentences, and where they stand in all.
     *
     * @param learnt sentences to find them in
     * @param fewest of these a phrase must stand in
     */
    static Phrases of(List<String> sentences, List<String> learnt, int fewest) {
        return placed(found(learnt, fewest), sentences);
    }

    private static List<Candidate> found(List<String> sentences, int fewest) {
        Words[] words = sentences.stream().map(Words::of).toArray(Words[]::new);
        Map<String, Integer> times = new HashMap<>();
        long units = 0;
        for (Words sentence : words) {
            for (int from = 0; from < sentence.size(); from++) {
                if (!sentence.isMark(from)) units++;
                for (int to = from + 1; to <= reach(sentence, from); to++)
                    times.merge(sentence.joined(from, to), 1, Integer::sum);
            }
        }
        Map<String, Candidate> candidates = new HashMap<>();
        for (int s = 0; s < words.length; s++) {
            Words sentence = words[s];
            for (int from = 0; from < sentence.size(); from++)
                for (int to = from + 1; to <= reach(sentence, from); to++) {
                    String text = sentence.joined(from, to);
                    if (times.getOrDefault(text, 0) < fewest || !mayBe(sentence, from, to, text)) continue;
                    int length = to - from;
                    Candidate candidate = candidates.computeIfAbsent(text, key -> new Candidate(key, length));
                    if (candidate.count == 0) candidate.cohesion = cohesion(sentence, from, to, times, units);
                    if (candidate.lastSentence != s) candidate.count++;
                    candidate.lastSentence = s;
                    if (sentence.kind(from) == Words.Kind.CHARACTER) {
                        candidate.before.merge(edge(sentence, from - 1, s), 1, Integer::sum);
                        candidate.after.merge(edge(sentence, to, s), 1, Integer::sum);
                    }
                }
        }
        List<Candidate> kept = new ArrayList<>(candidates.values().stream()
                .filter(candidate -> candidate.count >= fewest && holds(candidate))
                .toList());
        kept.sort((a, b) -> a.count != b.count ? Integer.compare(b.count, a.count) : a.text.compareTo(b.text));
        List<Candidate> chosen = withoutParts(kept);
        return chosen.size() > MOST ? chosen.subList(0, MOST) : chosen;
    }

    private static int reach(Words words, int from) {
        if (words.isMark(from)) return from;
        boolean characters = words.kind(from) == Words.Kind.CHARACTER;
        int most = Math.min(words.size(), from + (characters ? LONGEST_CHARACTERS : LONGEST_WORDS));
        int to = from + 1;
        while (to < most && words.kind(to) == words.kind(from)) to++;
        return to;
    }

    /** The ends of a sentence are as many neighbours as there are sentences. */
    private static String edge(Words words, int at, int sentence) {
        return at < 0 || at >= words.size() || words.isMark(at) ? "\u0000" + sentence : words.unit(at);
    }

    private static boolean mayBe(Words words, int from, int to, String text) {
        if (words.kind(from) == Words.Kind.CHARACTER) {
            if (to - from < 2 || STOP_CHINESE.contains(text)) return false;
            if (EDGE.contains(words.unit(from)) || EDGE.contains(words.unit(to - 1))) return false;
        } else {
            if (STOP.contains(words.unit(from)) || STOP.contains(words.unit(to - 1))) return false;
            if (to - from == 1 && (text.length() < 3 || Character.isDigit(text.charAt(0)))) return false;
        }
        double said = 0;
        int covered = 0;
        for (WordList.Hit hit : WordList.builtIn().find(Words.of(text))) {
            said = Math.max(said, hit.strength() > 1.5 ? TOO_STRONG : Math.abs(hit.strength()));
            covered += hit.to() - hit.from();
        }
        return covered * 2 < to - from || said < TOO_STRONG;
    }

    /** The least surprise at meeting, over all places to cut, in nats. */
    private static double cohesion(Words words, int from, int to, Map<String, Integer> times, long units) {
        double whole = times.getOrDefault(words.joined(from, to), 1);
        double least = Double.POSITIVE_INFINITY;
        for (int cut = from + 1; cut < to; cut++) {
            double left = times.getOrDefault(words.joined(from, cut), 1);
            double right = times.getOrDefault(words.joined(cut, to), 1);
            least = Math.min(least, Math.log(whole * units / (left * right)));
        }
        return least;
    }

    private static boolean holds(Candidate candidate) {
        if (candidate.before.isEmpty()) return candidate.cohesion > WORD_COHESION;
        return candidate.cohesion > COHESION
                && entropy(candidate.before) > FREEDOM
                && entropy(candidate.after) > FREEDOM;
    }

    private static double entropy(Map<String, Integer> neighbours) {
        double all = 0;
        double sum = 0;
        // Sorted: the order of addition must not depend on that of the map.
        int[] counts = neighbours.values().stream().mapToInt(n -> n).sorted().toArray();
        for (int n : counts) {
            all += n;
            sum += n * Math.log(n);
        }
        return Math.log(all) - sum / all;
    }

    private static List<Candidate> withoutParts(List<Candidate> kept) {
        return kept.stream()
                .filter(part -> kept.stream()
                        .noneMatch(whole -> whole.length > part.length
                                && whole.count >= WITHIN * part.count
                                && within(part.text, whole.text)))
                .toList();
    }

    private static boolean within(String part, String whole) {
        return part.charAt(0) > '\u2e80' ? whole.contains(part) : (" " + whole + " ").contains(" " + part + " ");
    }

    private static Phrases placed(List<Candidate> chosen, List<String> sentences) {
        Map<String, Integer> numbers = new HashMap<>();
        for (Candidate candidate : chosen) numbers.put(candidate.text, numbers.size());
        int[] count = new int[chosen.size()];
        int[][] ofSentence = new int[sentences.size()][];
        for (int s = 0; s < ofSentence.length; s++) {
            Words sentence = Words.of(sentences.get(s));
            int[] found = new int[sentence.size() * LONGEST_CHARACTERS];
            int size = 0;
            for (int from = 0; from < sentence.size(); from++)
                for (int to = from + 1; to <= reach(sentence, from); to++) {
                    Integer number = numbers.get(sentence.joined(from, to));
                    if (number != null) found[size++] = number;
                }
            ofSentence[s] = Arrays.stream(found, 0, size).sorted().distinct().toArray();
            for (int number : ofSentence[s]) count[number]++;
        }
        return new Phrases(chosen.stream().map(candidate -> candidate.text).toList(), ofSentence, count);
    }

    /** Numbers of phrases in descending order of a score, ties by number. */
    static int[] best(int[] numbers, double[] score) {
        int[] order = Indices.sorted(numbers.length, (a, b) -> Double.compare(score[numbers[b]], score[numbers[a]]));
        return Arrays.stream(order).map(k -> numbers[k]).toArray();
    }
}
