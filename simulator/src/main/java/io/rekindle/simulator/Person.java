package io.rekindle.simulator;

import java.time.LocalDate;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who a customer is on paper. Addresses end in the reserved domain .example and phone numbers lie in the unassigned
 * area 555, so that nothing here can reach anybody.
 */
record Person(
        String userId,
        String firstName,
        String lastName,
        String gender,
        LocalDate birthday,
        String city,
        String language,
        String email,
        @Nullable String phone) {

    /** A name in its own writing, and as it stands in an address. */
    private record Name(String written, String latin, String gender) {}

    private static final Name[] ENGLISH_FIRST = {
        he("Oliver"), he("George"), he("Samuel"), he("Daniel"), he("Thomas"), he("Adam"), he("Henry"), he("Marcus"),
        she("Amelia"), she("Grace"), she("Hannah"), she("Sophie"), she("Laura"), she("Emma"), she("Ruth"), she("Nora")
    };
    private static final String[] ENGLISH_LAST = {
        "Smith",
        "Taylor",
        "Walker",
        "Hughes",
        "Bennett",
        "Cooper",
        "Foster",
        "Harris",
        "Mitchell",
        "Palmer",
        "Reid",
        "Shaw",
        "Turner",
        "Wood",
        "O'Neill",
        "Barnes"
    };
    private static final Name[] CHINESE_FIRST = {
        new Name("伟", "wei", "male"), new Name("强", "qiang", "male"), new Name("建国", "jianguo", "male"),
        new Name("志明", "zhiming", "male"), new Name("浩然", "haoran", "male"), new Name("子轩", "zixuan", "male"),
        new Name("芳", "fang", "female"), new Name("秀英", "xiuying", "female"), new Name("丽", "li", "female"),
        new Name("静", "jing", "female"), new Name("雨桐", "yutong", "female"), new Name("欣怡", "xinyi", "female")
    };
    private static final Name[] CHINESE_LAST = {
        new Name("王", "wang", ""), new Name("李", "li", ""), new Name("张", "zhang", ""), new Name("刘", "liu", ""),
        new Name("陈", "chen", ""), new Name("杨", "yang", ""), new Name("黄", "huang", ""), new Name("赵", "zhao", ""),
        new Name("周", "zhou", ""), new Name("吴", "wu", ""), new Name("徐", "xu", ""), new Name("孙", "sun", "")
    };
    private static final String[] ENGLISH_CITIES = {"London", "Leeds", "Bristol", "Glasgow", "Dublin", "Cardiff"};
    private static final String[] CHINESE_CITIES = {"上海", "北京", "成都", "广州", "杭州", "武汉"};
    private static final String[] DOMAINS = {"mail.example", "post.example", "inbox.example", "letters.example"};

    static Person of(Draws draws, int customer) {
        SplittableRandom random = draws.stream(customer, Draws.Purpose.PERSON, 0);
        boolean chinese = random.nextBoolean();
        Name first = pick(random, chinese ? CHINESE_FIRST : ENGLISH_FIRST);
        Name last = chinese ? pick(random, CHINESE_LAST) : named(pick(random, ENGLISH_LAST), "");
        LocalDate birthday = LocalDate.of(1948, 1, 1).plusDays(random.nextInt(21_000));
        String city = pick(random, chinese ? CHINESE_CITIES : ENGLISH_CITIES);
        String email = "%s.%s.%d@%s".formatted(first.latin(), last.latin(), customer, pick(random, DOMAINS));
        String phone = random.nextDouble() < 0.6 ? "+1555%07d".formatted(customer) : null;
        return new Person(
                userId(customer),
                first.written(),
                last.written(),
                first.gender(),
                birthday,
                city,
                chinese ? "zh" : "en",
                email,
                phone);
    }

    static String userId(int customer) {
        return "c%07d".formatted(customer);
    }

    private static Name he(String written) {
        return named(written, "male");
    }

    private static Name she(String written) {
        return named(written, "female");
    }

    private static Name named(String written, String gender) {
        StringBuilder latin = new StringBuilder();
        written.chars().filter(Character::isLetter).map(Character::toLowerCase).forEach(latin::appendCodePoint);
        return new Name(written, latin.toString(), gender);
    }

    private static <T> T pick(SplittableRandom random, T[] of) {
        return of[random.nextInt(of.length)];
    }
}
