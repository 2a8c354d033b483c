package io.rekindle.segment;

import io.rekindle.segment.ValueTest.Scalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says a rule in words: “customers who …”. */
final class RuleWords {
    private final Vocabulary vocabulary;
    private final LongFunction<String> segmentNames;

    /**
     * @param segmentNames gives the name of a segment
     */
    RuleWords(Vocabulary vocabulary, LongFunction<String> segmentNames) {
        this.vocabulary = vocabulary;
        this.segmentNames = segmentNames;
    }

    Words of(Rule rule) {
        var phrase = phrase(rule);
        return new Words("customers who " + phrase.en(), phrase.zh() + "的客户");
    }

    private Words phrase(Rule rule) {
        return switch (rule) {
            case Rule.All(var rules) -> joined(rules, ", and ", "，且");
            case Rule.Any(var rules) -> joined(rules, ", or ", "，或");
            case Rule.Not(var inner) -> {
                var phrase = phrase(inner);
                yield new Words("do not fit: [%s]".formatted(phrase.en()), "不符合“%s”".formatted(phrase.zh()));
            }
            case Rule.Trait(var trait, var test) -> test(new Words("have " + trait, trait), test);
            case Rule.Tag(var tag, var test) -> {
                var name = vocabulary.tag(tag);
                yield test(new Words("have the tag “%s”".formatted(name.en()), "标签“%s”".formatted(name.zh())), test);
            }
            case Rule.Event event -> event(event);
            case Rule.Orders orders -> orders(orders);
            case Rule.Tier(var tiers) -> oneOf("are in value tier ", "价值分层为", tiers, vocabulary::tier);
            case Rule.Group(var groups) -> oneOf("are in value group ", "价值分组为", groups, vocabulary::group);
            case Rule.Stage(var stages) -> oneOf("are in life-cycle stage ", "生命周期阶段为", stages, vocabulary::stage);
            case Rule.Score(var score, var range) -> {
                var name = vocabulary.score(score);
                yield new Words(
                        "have %s %s".formatted(name.en(), range(range).en()),
                        name.zh() + range(range).zh());
            }
            case Rule.Message message -> message(message);
            case Rule.InSegment(var id) -> {
                var name = segmentNames.apply(id);
                yield new Words("are in segment “%s”".formatted(name), "属于人群“%s”".formatted(name));
            }
        };
    }

    private Words joined(List<Rule> rules, String en, String zh) {
        if (rules.size() == 1) return phrase(rules.getFirst());
        var phrases = rules.stream()
                .map(rule -> isSeveral(rule) ? bracketed(phrase(rule)) : phrase(rule))
                .toList();
        return new Words(
                phrases.stream().map(Words::en).collect(Collectors.joining(en)),
                phrases.stream().map(Words::zh).collect(Collectors.joining(zh)));
    }

    private static boolean isSeveral(Rule rule) {
        return (rule instanceof Rule.All(var all) && all.size() > 1)
                || (rule instanceof Rule.Any(var any) && any.size() > 1);
    }

    private static Words bracketed(Words words) {
        return new Words("[" + words.en() + "]", "（" + words.zh() + "）");
    }

    private static Words event(Rule.Event event) {
        var en = new ArrayList<String>();
        var zh = new ArrayList<String>();
        event.count().ifPresent(range -> {
            en.add("did “%s” %s".formatted(event.name(), times(range).en()));
            zh.add("“%s”%s".formatted(event.name(), times(range).zh()));
        });
        event.sum().ifPresent(range -> {
            en.add("did “%s” for an amount of %s"
                    .formatted(event.name(), range(range).en()));
            zh.add("“%s”金额%s".formatted(event.name(), range(range).zh()));
        });
        event.last().ifPresent(last -> {
            en.add("did “%s” last %s".formatted(event.name(), recency(last).en()));
            zh.add("最近一次“%s”%s".formatted(event.name(), recency(last).zh()));
        });
        var where = event.where().stream()
                .map(property -> test(new Words(property.property(), property.property()), property.test()))
                .toList();
        return new Words(
                String.join(" and ", en)
                        + (where.isEmpty()
                                ? ""
                                : where.stream().map(Words::en).collect(Collectors.joining(" and ", " (where ", ")")))
                        + window(event.withinDays()).en(),
                window(event.withinDays()).zh()
                        + (where.isEmpty()
                                ? ""
                                : where.stream().map(Words::zh).collect(Collectors.joining("且", "（其中", "）")))
                        + String.join("且", zh));
    }

    private static Words orders(Rule.Orders orders) {
        var en = new ArrayList<String>();
        var zh = new ArrayList<String>();
        orders.count().ifPresent(range -> {
            en.add("ordered " + times(range).en());
            zh.add("下单" + times(range).zh());
        });
        orders.revenue().ifPresent(range -> {
            en.add("spent %s net".formatted(range(range).en()));
            zh.add("净消费" + range(range).zh());
        });
        orders.lastOrder().ifPresent(last -> {
            en.add("ordered last " + recency(last).en());
            zh.add("最近一次下单" + recency(last).zh());
        });
        return new Words(
                String.join(" and ", en) + window(orders.withinDays()).en(),
                window(orders.withinDays()).zh() + String.join("且", zh));
    }

    private static Words message(Rule.Message message) {
        var states = listed(message.states(), Vocabulary::messageState);
        var campaign = message.campaignId();
        return new Words(
                "had a message"
                        + campaign.map(id -> " of campaign " + id).orElse("")
                        + (message.states().isEmpty() ? "" : " become " + states.en())
                        + window(message.withinDays()).en(),
                window(message.withinDays()).zh()
                        + "有"
                        + campaign.map(id -> "活动 " + id + " 的").orElse("")
                        + "消息"
                        + (message.states().isEmpty() ? "" : "状态变为" + states.zh()));
    }

    private static Words window(Optional<Integer> days) {
        return days.map(n -> new Words(" in the last " + days(n), "近 " + n + " 天内"))
                .orElse(new Words("", ""));
    }

    private static Words recency(Recency recency) {
        return switch (recency) {
            case Recency.WithinDays(var days) -> new Words("in the last " + days(days), "在近 " + days + " 天内");
            case Recency.BeforeDays(var days) ->
                new Words("%s ago or earlier".formatted(days(days)), "在 " + days + " 天前或更早");
        };
    }

    private static String days(int n) {
        return n == 1 ? "1 day" : n + " days";
    }

    private static boolean isOne(@Nullable BigDecimal bound) {
        return bound != null && bound.compareTo(BigDecimal.ONE) == 0;
    }

    private static Words times(Range range) {
        var least = range.atLeast();
        var most = range.atMost();
        if (least != null && most != null && least.compareTo(most) == 0)
            return least.signum() == 0
                    ? new Words("not once", "从未发生")
                    : new Words("exactly %s times".formatted(plain(least)), "恰好 " + plain(least) + " 次");
        if (least == null && most != null && most.signum() == 0) return new Words("not once", "从未发生");
        var words = range(range);
        if (most == null && isOne(least)) return new Words("at least once", words.zh() + " 次");
        if (least == null && isOne(most)) return new Words("at most once", words.zh() + " 次");
        return new Words(words.en() + " times", words.zh() + " 次");
    }

    private static Words range(Range range) {
        var least = range.atLeast();
        var most = range.atMost();
        if (least != null && most != null)
            return new Words(
                    "between %s and %s".formatted(plain(least), plain(most)),
                    "介于 %s 和 %s".formatted(plain(least), plain(most)));
        if (least != null) return new Words("at least " + plain(least), "至少 " + plain(least));
        return new Words("at most " + plain(most), "至多 " + plain(most));
    }

    private static Words test(Words what, ValueTest test) {
        return switch (test) {
            case ValueTest.Equals(var value) -> said(what, " equal to " + scalar(value), "等于" + scalar(value));
            case ValueTest.NotEquals(var value) ->
                said(what, " other than %s or unknown".formatted(scalar(value)), "不等于%s或未知".formatted(scalar(value)));
            case ValueTest.In(var values) ->
                said(
                        what,
                        " equal to one of "
                                + values.stream().map(RuleWords::scalar).collect(Collectors.joining(", ")),
                        "为" + values.stream().map(RuleWords::scalar).collect(Collectors.joining("、")) + "之一");
            case ValueTest.Contains(var text) ->
                said(what, " containing “%s”".formatted(text), "包含“%s”".formatted(text));
            case ValueTest.Greater(var than) -> said(what, " above " + plain(than), "大于 " + plain(than));
            case ValueTest.Less(var than) -> said(what, " below " + plain(than), "小于 " + plain(than));
            case ValueTest.Between(var low, var high) ->
                said(
                        what,
                        " between %s and %s".formatted(plain(low), plain(high)),
                        "介于 %s 和 %s".formatted(plain(low), plain(high)));
            case ValueTest.BetweenDays(var first, var last) ->
                said(what, " between %s and %s".formatted(first, last), "介于 %s 和 %s".formatted(first, last));
            case ValueTest.Exists() -> said(what, " (any value)", "有值");
            case ValueTest.Before(var day) -> said(what, " before " + day, "早于 " + day);
            case ValueTest.After(var day) -> said(what, " after " + day, "晚于 " + day);
        };
    }

    private static Words said(Words what, String en, String zh) {
        return new Words(what.en() + en, what.zh() + zh);
    }

    private static String scalar(Scalar scalar) {
        return switch (scalar) {
            case Scalar.Text(var text) -> "“" + text + "”";
            case Scalar.Numeric(var number) -> plain(number);
            case Scalar.Flag(var flag) -> Boolean.toString(flag);
        };
    }

    private static String plain(@org.jspecify.annotations.Nullable BigDecimal number) {
        if (number == null) return "";
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static Words oneOf(String en, String zh, List<String> names, Function<String, Words> called) {
        var list = listed(names, called);
        return new Words(en + list.en(), zh + list.zh());
    }

    private static Words listed(List<String> names, Function<String, Words> called) {
        return new Words(
                names.stream().map(called).map(Words::en).collect(Collectors.joining(" or ")),
                names.stream().map(called).map(Words::zh).collect(Collectors.joining("或")));
    }
}
