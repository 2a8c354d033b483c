package io.rekindle.simulator;

import io.rekindle.simulator.Web.Outcome;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A shop's customers, with everything about them known that no product can know. The market meets the product only
 * where the outside world does: at the intake, at its own mailboxes and on the links in the mails it gets.
 *
 * <p>First the past is handed in ({@link #playHistory}), then one day after another ({@link #playDay}). A day runs from
 * midnight to midnight in UTC and the shop is open from {@link #OPENS} to {@link #CLOSES}, so that a campaign decided
 * before it opens sees in a window of n days exactly the orders of that day and the n − 1 days after. Everything
 * follows from the settings and the mails received; neither the speed of the product nor the order in which it works
 * through customers plays a part. Not for several threads.
 */
public final class Market implements AutoCloseable {
    /** No event bears an earlier time of day. */
    public static final LocalTime OPENS = LocalTime.of(10, 0);
    /** No event bears this or a later time of day, so a day can be played once the product's clock shows it. */
    public static final LocalTime CLOSES = LocalTime.of(22, 0);

    private static final int PROBLEMS_KEPT = 5;

    private final MarketSettings settings;
    private final Population population;
    private final EventJson json;
    private final int startDay;
    private final Web web = new Web();
    private final Map<String, Integer> numbers;
    private final BitSet unsubscribed = new BitSet();
    private final TreeMap<Integer, List<Visit>> visits = new TreeMap<>();
    private boolean brokenOff;

    /** A market at the beginning of its past. */
    public Market(MarketSettings settings) {
        this.settings = settings;
        this.population = new Population(settings);
        this.json = new EventJson(settings);
        this.startDay = Math.toIntExact(settings.startDay().toEpochDay());
        this.numbers = HashMap.newHashMap(settings.customers());
        Draws draws = new Draws(settings.seed());
        for (int number = 0; number < settings.customers(); number++)
            numbers.put(Person.of(draws, number).email(), number);
    }

    /** What the market is made of. */
    public MarketSettings settings() {
        return settings;
    }

    /** What the customers' mail servers answer: for {@link Mailboxes#open}. Unknown addresses have no mailbox. */
    public MailboxHabits habits() {
        return (recipient, triedBefore) -> {
            Integer number = numbers.get(recipient);
            if (number == null) return MailboxHabits.Answer.UNKNOWN_USER;
            return switch (population.customer(number).nature().mailbox()) {
                case ACCEPTS -> MailboxHabits.Answer.ACCEPT;
                case UNKNOWN_USER -> MailboxHabits.Answer.UNKNOWN_USER;
                case REFUSES_AT_FIRST ->
                    triedBefore == 0 ? MailboxHabits.Answer.TRY_LATER : MailboxHabits.Answer.ACCEPT;
            };
        };
    }

    /** The next day to be played; null before the past was. */
    public @Nullable LocalDate nextDay() {
        return population.nextDay() < startDay ? null : LocalDate.ofEpochDay(population.nextDay());
    }

    /**
     * Hands in everything up to the start day, each event with the time it happened. Done once, before any day.
     *
     * @throws EventDoorException when the intake refuses or cannot be reached
     */
    public Played playHistory(EventDoor door, Progress progress) {
        refuseWhenBrokenOff();
        if (nextDay() != null) throw new IllegalStateException("the past has been played already");
        Count count = new Count();
        brokenOff = true;
        try (EventDoor.Stream events = door.open()) {
            population.liveUntil(startDay, into(events, count), done -> progress.at(done, population.size()));
        }
        brokenOff = false;
        return count.played();
    }

    /**
     * Plays one day: mails that arrived since the day before take effect, links are followed, and the day's orders,
     * refunds and looks are handed in. Call it for each day in turn, when the product's business clock shows
     * {@link #CLOSES} of that day or later: the product may put later times back to its own now.
     *
     * @throws IllegalArgumentException when it is not the next day's turn
     * @throws EventDoorException when the intake refuses or cannot be reached
     */
    public DaySummary playDay(LocalDate day, EventDoor door, Mailboxes mailboxes) {
        refuseWhenBrokenOff();
        LocalDate next = nextDay();
        if (!day.equals(next))
            throw new IllegalArgumentException(
                    next == null
                            ? "the past must be played before %s".formatted(day)
                            : "%s cannot be played: it is the turn of %s".formatted(day, next));
        int today = population.nextDay();
        brokenOff = true;
        List<Mail> mails = mailboxes.takeArrived();
        int unwelcome = 0;
        for (Mail mail : mails) if (!receive(today, mail)) unwelcome++;
        List<Outcome> outcomes = web.visit(visitsUpTo(today));
        Count count = new Count();
        Set<String> buyers = new HashSet<>();
        try (EventDoor.Stream events = door.open()) {
            population.liveDay(into(events, count).andThen(happening -> {
                if (happening instanceof Happening.Ordered order) buyers.add(Person.userId(order.customer()));
            }));
        }
        brokenOff = false;
        return summary(day, count.played(), buyers, mails.size(), unwelcome, outcomes);
    }

    /**
     * The true effect on conversion of assigning exactly these customers to be written to on the next day to be
     * played: the mean of P(at least one order in the window | written to) − P(… | held out), from each customer's own
     * probabilities as she stands, without any look at what will happen. Customers whose mail cannot arrive and those
     * who do not read count with what they are: no effect. A mail that is put off at first counts as arriving, on the
     * same day.
     *
     * @param userIds the user ids as the events bear them
     * @param sendDay the day the mails go out, before {@link #OPENS}; must be the next day to be played
     * @param windowDays how many days the window has, the send day being the first
     */
    public double trueConversionEffect(Collection<String> userIds, LocalDate sendDay, int windowDays) {
        return trueConversion(userIds, sendDay, windowDays).effect();
    }

    /** Like {@link #trueConversionEffect}, with both conversions the effect is the difference of. */
    public TrueEffect trueConversion(Collection<String> userIds, LocalDate sendDay, int windowDays) {
        if (!sendDay.equals(nextDay()))
            throw new IllegalArgumentException(
                    "the truth about %s can only be told while it is the next day to be played, which is %s"
                            .formatted(sendDay, nextDay()));
        if (windowDays < 1 || windowDays > 3_650)
            throw new IllegalArgumentException("a window of %d days; must be 1 to 3,650".formatted(windowDays));
        if (userIds.isEmpty()) throw new IllegalArgumentException("the effect on no customers is not defined");
        double treatment = 0;
        double holdout = 0;
        for (String userId : userIds) {
            TrueEffect one = population.truth(number(userId), windowDays);
            treatment += one.treatment();
            holdout += one.holdout();
        }
        return new TrueEffect(userIds.size(), treatment / userIds.size(), holdout / userIds.size());
    }

    /** Ends the connections to the links' servers. */
    @Override
    public void close() {
        web.close();
    }

    /** Customers who have lived half a day cannot live it again: what breaks off is over. */
    private void refuseWhenBrokenOff() {
        if (brokenOff)
            throw new IllegalStateException(
                    "this market broke off while playing; begin again with a new one: equal message ids repeat nothing");
    }

    private int number(String userId) {
        if (userId.matches("c\\d{7,9}")) {
            int number = Integer.parseInt(userId.substring(1));
            if (number < population.size() && Person.userId(number).equals(userId)) return number;
        }
        throw new IllegalArgumentException("no customer of this market has the user id '%s'".formatted(userId));
    }

    /** Lets a mail take effect and says whether it was welcome. */
    private boolean receive(int today, Mail mail) {
        Integer number = numbers.get(mail.recipient());
        if (number == null)
            throw new IllegalArgumentException(
                    "a mail to %s, who is no customer of this market: were the mailboxes opened with its habits?"
                            .formatted(mail.recipient()));
        Nature nature = population.customer(number).nature();
        boolean welcome = nature.consents() && !unsubscribed.get(number);
        Customer.Reading reading = population.receive(number, mail.coupon());
        if (nature.scanned()) {
            for (String link : mail.links()) on(today).add(new Visit.FollowLink(number, link, Visit.Visitor.SCANNER));
            for (String link : mail.unsubscribeLinks())
                on(today).add(new Visit.FollowLink(number, link, Visit.Visitor.SCANNER));
        }
        if (nature.prefetched())
            for (String picture : mail.pictures())
                on(today).add(new Visit.LoadPicture(number, picture, Visit.Visitor.PRIVACY_PROXY));
        if (reading != null) plan(number, reading, mail, nature.prefetched());
        return welcome;
    }

    private void plan(int number, Customer.Reading reading, Mail mail, boolean prefetched) {
        List<Visit> that = on(reading.day());
        if (reading.showsPictures() && !prefetched)
            for (String picture : mail.pictures())
                that.add(new Visit.LoadPicture(number, picture, Visit.Visitor.READER));
        if (reading.clicks() && !mail.links().isEmpty()) {
            String link =
                    mail.links().get((int) (reading.whichLink() * mail.links().size()));
            that.add(new Visit.FollowLink(number, link, Visit.Visitor.READER));
        }
        if (!reading.unsubscribes()) return;
        boolean oneClick = mail.oneClick() && mail.listUnsubscribe() != null;
        if (!mail.unsubscribeLinks().isEmpty() && (reading.byPage() || !oneClick))
            that.add(new Visit.UnsubscribeOnPage(number, mail.unsubscribeLinks().getFirst()));
        else if (oneClick && mail.listUnsubscribe() != null)
            that.add(new Visit.UnsubscribeWithOneClick(number, mail.listUnsubscribe()));
        else if (mail.listUnsubscribe() != null) that.add(new Visit.UnsubscribeOnPage(number, mail.listUnsubscribe()));
    }

    private List<Visit> on(int day) {
        return visits.computeIfAbsent(day, none -> new ArrayList<>());
    }

    private List<Visit> visitsUpTo(int day) {
        Map<Integer, List<Visit>> due = visits.headMap(day, true);
        List<Visit> all = due.values().stream().flatMap(List::stream).toList();
        due.clear();
        return all;
    }

    private DaySummary summary(
            LocalDate day, Played played, Set<String> buyers, int mails, int unwelcome, List<Outcome> outcomes) {
        Visits done = new Visits();
        int refused = 0;
        int failed = 0;
        List<String> problems = new ArrayList<>();
        for (Outcome outcome : outcomes)
            switch (outcome) {
                case Outcome.Done(Visit visit) -> done.add(visit);
                case Outcome.Refused(Visit visit, String why) -> {
                    refused++;
                    if (problems.size() < PROBLEMS_KEPT) problems.add(why);
                }
                case Outcome.Failed(Visit visit, String why) -> {
                    failed++;
                    if (problems.size() < PROBLEMS_KEPT) problems.add(why);
                }
            }
        return new DaySummary(
                day,
                played,
                buyers,
                mails,
                unwelcome,
                done.opens,
                done.clicks,
                done.unsubscribes,
                done.machines,
                refused,
                failed,
                problems);
    }

    /** Counts visits that came off, and remembers who unsubscribed. */
    private final class Visits {
        private int opens;
        private int clicks;
        private int unsubscribes;
        private int machines;

        private void add(Visit visit) {
            switch (visit) {
                case Visit.LoadPicture picture -> {
                    if (picture.visitor() == Visit.Visitor.READER) opens++;
                    else machines++;
                }
                case Visit.FollowLink link -> {
                    if (link.visitor() == Visit.Visitor.READER) clicks++;
                    else machines++;
                }
                case Visit.UnsubscribeWithOneClick click -> leave(click.customer());
                case Visit.UnsubscribeOnPage page -> leave(page.customer());
            }
        }

        private void leave(int customer) {
            unsubscribes++;
            unsubscribed.set(customer);
        }
    }

    private Consumer<Happening> into(EventDoor.Stream events, Count count) {
        return happening -> {
            count.add(happening);
            events.add(json.write(happening));
        };
    }

    /** Counts what is handed in. */
    private static final class Count {
        private int signUps;
        private int orders;
        private int couponOrders;
        private int refunds;
        private int views;
        private long paidCents;

        private void add(Happening happening) {
            switch (happening) {
                case Happening.SignedUp _ -> signUps++;
                case Happening.Viewed _ -> views++;
                case Happening.Refunded _ -> refunds++;
                case Happening.Ordered order -> {
                    orders++;
                    if (order.coupon() != null) couponOrders++;
                    paidCents += order.paid();
                }
            }
        }

        private Played played() {
            return new Played(
                    (long) signUps + orders + refunds + views,
                    signUps,
                    orders,
                    couponOrders,
                    refunds,
                    views,
                    paidCents);
        }
    }
}
