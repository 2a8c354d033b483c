package io.rekindle.simulator;

import java.util.SplittableRandom;

/**
 * What a customer is like, for life, and what the product is never told.
 *
 * @param signUpDay epoch day of signing up
 * @param buysAtOnce whether the first purchase comes with the sign-up
 * @param rhythm how regularly she buys while she is a customer
 * @param dropOut the chance of leaving for good after a purchase, as in the BG/NBD model (Fader, Hardie and Lee 2005)
 * @param logSpend mean of the logarithm of what an order costs, in cents
 * @param category where she likes to shop
 * @param browses the daily chance of looking at a product without buying
 * @param refunds the chance that something of an order comes back
 * @param consents whether she allows marketing mail
 * @param mailbox what her mail server does with mail
 * @param reads the chance that a mail that arrived is read, 0 for those who never read
 * @param showsPictures whether reading a mail loads its pictures
 * @param clicks the chance that a mail read is clicked
 * @param unsubscribes the chance that a mail read makes her unsubscribe
 * @param scanned whether a security scanner follows every link on arrival
 * @param prefetched whether a privacy proxy loads the pictures on arrival
 * @param response the chance that a mail read brings an extra purchase
 * @param usesCoupons the chance that a coupon at hand is used on an order she makes anyway
 */
record Nature(
        int signUpDay,
        boolean buysAtOnce,
        Rhythm rhythm,
        double dropOut,
        double logSpend,
        int category,
        double browses,
        double refunds,
        boolean consents,
        Mailbox mailbox,
        double reads,
        boolean showsPictures,
        double clicks,
        double unsubscribes,
        boolean scanned,
        boolean prefetched,
        double response,
        double usesCoupons) {

    /** What a mail server answers for a customer. */
    enum Mailbox {
        ACCEPTS,
        UNKNOWN_USER,
        REFUSES_AT_FIRST
    }

    /** The nature of one customer, from her own stream: it depends on nothing but the settings and her number. */
    static Nature of(MarketSettings settings, Draws draws, int customer) {
        SplittableRandom random = draws.stream(customer, Draws.Purpose.NATURE, 0);
        int firstDay = Math.toIntExact(settings.startDay().toEpochDay()) - settings.historyDays();
        int signUpDay = firstDay + random.nextInt(settings.historyDays());
        boolean buysAtOnce = random.nextDouble() < 0.92;
        double meanDays = Math.clamp(68 * Math.exp(0.45 * random.nextGaussian()), 8, 400);
        double dropOut = leastOfSix(random);
        double logSpend = Math.log(5_200) + 0.5 * random.nextGaussian();
        int category = random.nextInt(Catalogue.CATEGORIES);
        double browses = 0.006 * random.nextDouble();
        double refunds = 0.02 + 0.06 * random.nextDouble();
        boolean consents = random.nextDouble() < 0.85;
        double fate = random.nextDouble();
        Mailbox mailbox = fate < 0.02 ? Mailbox.UNKNOWN_USER : fate < 0.05 ? Mailbox.REFUSES_AT_FIRST : Mailbox.ACCEPTS;
        boolean neverReads = random.nextDouble() < 0.15;
        double reads = 0.65 + 0.35 * random.nextDouble();
        boolean showsPictures = random.nextDouble() < 0.85;
        double clicks = 0.05 + 0.35 * random.nextDouble();
        double unsubscribes = 0.03 * random.nextDouble();
        boolean scanned = random.nextDouble() < 0.08;
        boolean prefetched = random.nextDouble() < 0.25;
        double response = settings.effect() * (0.2 + 1.6 * middleOfThree(random));
        double usesCoupons = random.nextDouble();
        return new Nature(
                signUpDay,
                buysAtOnce,
                Rhythm.every(meanDays),
                dropOut,
                logSpend,
                category,
                browses,
                refunds,
                consents,
                mailbox,
                neverReads ? 0 : reads,
                showsPictures,
                clicks,
                unsubscribes,
                scanned,
                prefetched,
                response,
                usesCoupons);
    }

    /** The chance that a mail sent to her is read. */
    double readsWhatIsSent() {
        return mailbox == Mailbox.UNKNOWN_USER ? 0 : reads;
    }

    /** Beta(1, 6), mean 1/7, as the least of six uniform numbers: most stay for long, some leave after one order. */
    private static double leastOfSix(SplittableRandom random) {
        return 1 - Math.pow(1 - random.nextDouble(), 1 / 6.0);
    }

    /** Beta(2, 2), mean 1/2. */
    private static double middleOfThree(SplittableRandom random) {
        double a = random.nextDouble();
        double b = random.nextDouble();
        double c = random.nextDouble();
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
