package io.rekindle.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What shops, providers and forms send about being written to, in whatever spelling, through the first door of a whole server. */
@RekindleTest
class ConsentAsItComesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    /** Before every user id: other tests of the same server have customers of their own. */
    private static final String OURS = "comes-";

    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Consents consents;
    private final Permissions permissions;
    private final Suppressions suppressions;

    ConsentAsItComesTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Consents consents,
            @Autowired Permissions permissions,
            @Autowired Suppressions suppressions) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.consents = consents;
        this.permissions = permissions;
        this.suppressions = suppressions;
    }

    /** Who agreed to mail and to short messages, and what is left of it after the trait came once more. */
    @Test
    void aNoTakesTheYesBackInWhateverFormItComesAndAYesGrantsOnlyWhenItCanBeRead() throws Exception {
        var forms = new LinkedHashMap<String, String>();
        for (var no : List.of(
                "false",
                "'false'",
                "0",
                "'0'",
                "0.0",
                "'no'",
                "' NO '",
                "'off'",
                "'unsubscribed'",
                "'否'",
                "'拒绝'",
                "null",
                "''",
                "'perhaps'",
                "[]",
                "['sms']",
                "{}",
                "{'granted':false}",
                "{'granted':'false'}",
                "{'granted':0}",
                "{'granted':null}",
                "{'granted':'perhaps'}",
                "{'status':'opted_out'}",
                "{'topics':{}}",
                "{'topics':'none'}",
                "{'granted':true,'topics':['news']}",
                "{'granted':true,'topics':{'促销':false}}")) forms.put("{'email':%s}".formatted(no), "sms");
        for (var name : List.of("Email", "EMAIL", "e-mail", "E-Mail", "e_mail", " email "))
            forms.put("{'%s':false}".formatted(name), "sms");
        forms.put("{'SMS':false}", "email");
        forms.put("{'Email':false,'sms':'N'}", "");
        forms.put("{'email':true,'Email':false}", "sms");
        for (var all : List.of("false", "'no'", "null", "'perhaps'", "['email']", "{'granted':false}", "{'邮件':'否'}"))
            forms.put(all, "");
        // What it says of a channel it says of that one; what stands beside it is no word of any channel.
        forms.put("{'email':true,'邮件':false}", "email");
        forms.put("{'email':'yes','sms':1}", "email sms");
        for (var yes : List.of(
                "{'Email':'Yes'}",
                "{'email':{'granted':'1'}}",
                "{'email':{'granted':true,'topics':[]}}",
                "{'email':{'topics':{'news':'off'}}}",
                "{'email':true,'updatedAt':'2026-02-01','ip':'10.1.2.3','$v':2}",
                "{'email':true,'wording':'checkout@1','proof':'form 4711'}",
                "{}",
                "[]",
                "true",
                "{'granted':true}",
                "{'source':'till 4'}")) forms.put(yes, "email sms");

        var calls = new ArrayList<String>();
        int n = 0;
        for (var form : forms.keySet()) {
            var traits = "'email':'form-%d@it-comes.example'".formatted(n);
            calls.add(identify("form-" + n, "2026-02-01", traits + ",'consent':{'email':true,'sms':true}"));
            calls.add(identify("form-" + n++, "2026-02-02", "'consent':" + form));
        }
        send(calls);
        var left = new LinkedHashMap<String, String>();
        n = 0;
        for (var form : forms.keySet()) left.put(form, granted(customer("form-" + n++)));
        assertThat(left).isEqualTo(forms);
    }

    @Test
    void aYesThatCannotBeReadIsNoYes() throws Exception {
        var forms = List.of(
                "{'email':'perhaps'}",
                "{'email':['yes']}",
                "{'email':{}}",
                "{'email':null}",
                "{'email':{'granted':'si'}}",
                "true",
                "{'granted':true}",
                "{'邮件':true}",
                "['email']");
        var calls = new ArrayList<String>();
        for (int n = 0; n < forms.size(); n++)
            calls.add(identify(
                    "unread-" + n,
                    "2026-02-01",
                    "'email':'unread-%d@it-comes.example','consent':%s".formatted(n, forms.get(n))));
        for (var properties : List.of(
                "'channel':{'email':true}",
                "'channel':'邮件'",
                "'channel':['email']",
                "'channel':'email','topic':'促销'",
                "'channel':'email','purpose':'?'"))
            calls.add(track("unread-0", "2026-02-02", "Subscribed", properties));
        send(calls);
        for (int n = 0; n < forms.size(); n++)
            assertThat(granted(customer("unread-" + n))).as(forms.get(n)).isEmpty();
        send(List.of(track("unread-0", "2026-02-03", "Subscribed", "'channel':' E-Mail ','topic':''")));
        assertThat(granted(customer("unread-0"))).isEqualTo("email");
    }

    @Test
    void anUnsubscriptionIsOfTheChannelItNamesInWhateverSpellingAndOfAllWhenThatCannotBeRead() throws Exception {
        var left = new LinkedHashMap<String, String>();
        for (var sms : List.of("SMS", "Sms", " sms ")) left.put("'channel':'%s'".formatted(sms), "email");
        for (var mail : List.of("Email", "E-Mail", "e_mail", "")) left.put("'channel':'%s'".formatted(mail), "sms");
        left.put("'channel':null", "sms");
        left.put("'list_id':'7'", "sms");
        for (var all : List.of("'邮件'", "['sms']", "7", "true", "{'sms':true}"))
            left.put("'channel':%s".formatted(all), "");
        left.put("'channel':'email','topic':'促销'", "sms");
        left.put("'channel':'email','purpose':'Marketing'", "sms");
        left.put("'channel':'email','purpose':'surveys'", "email sms");
        assertThat(leftAfter("Unsubscribed", "off", left)).isEqualTo(left);
    }

    /** A shop that repeats a form nobody can read with every sign-in does not undo what its customer chose since. */
    @Test
    void aNoThatCannotBeReadIsOnlyRepeatedByItsRepetition() throws Exception {
        var unread = "'email':'again-1@it-comes.example','consent':{'email':'perhaps','gdpr':'v2'}";
        send(List.of(
                identify("again-1", "2026-01-01", "'consent':{'email':true}"),
                identify("again-1", "2026-01-02", unread),
                track("again-1", "2026-01-03", "Subscribed", "'channel':'email'"),
                identify("again-1", "2026-01-04", unread)));
        assertThat(granted(customer("again-1")))
                .as(() -> "against mail stand %s; said was %s"
                        .formatted(refusals(customer("again-1"), "email"), consents.of(customer("again-1"))))
                .isEqualTo("email");
        assertThat(consents.of(customer("again-1")))
                .extracting(Consent::channel)
                .containsExactly("email");
    }

    @Test
    void aMailboxThatRefusesForGoodIsClosedInTheWordsOfEveryProvider() throws Exception {
        var left = new LinkedHashMap<String, String>();
        for (var hard : List.of(
                "'bounce_type':'hard'",
                "'bounce_type':'Permanent'",
                "'bounce_type':'HardBounce'",
                "'bounce_type':'hard_bounce'",
                "'bounce_type':'permanent-failure'",
                "'bounce_type':'硬退信'",
                "'bounceType':'Permanent'",
                "'bounceType':'hard'",
                "'bounce_type':'','bounceType':'hard bounce'")) left.put(hard, "sms");
        for (var other : List.of(
                "'bounce_type':'soft'",
                "'bounce_type':'软退信'",
                "'bounceType':'Transient'",
                "'bounceType':'non-permanent'",
                "'bounceType':'hard: mailbox full'",
                "'bounceType':'Undetermined'",
                "'bounce_type':'blocked'",
                "'reason':'hard'")) left.put(other, "email sms");
        assertThat(leftAfter("Email Bounced", "bounce", left)).isEqualTo(left);
    }

    /** A mail provider's webhook knows an address, and neither the shop's ids nor its visitors. */
    @Test
    void theAddressAmongThePropertiesIsTheOneThatIsClosedAndMakesNobodyKnown() throws Exception {
        var lists = new LinkedHashMap<String, String>();
        lists.put("'event':'Unsubscribed','properties':{'email':' NAMED-0@It-Comes.example '}", "unsubscribe");
        lists.put("'event':'Unsubscribed','properties':{'email_address':'named-1@it-comes.example'}", "unsubscribe");
        lists.put("'event':'Email Marked as Spam','properties':{'email':'named-2@it-comes.example'}", "complaint");
        lists.put(
                "'event':'Email Bounced','properties':{'emailAddress':'named-3@it-comes.example','bounceType':'hard'}",
                "hard_bounce");
        var calls = new ArrayList<String>();
        int n = 0;
        for (var event : lists.keySet()) {
            var traits = "'email':'named-%d@it-comes.example','consent':{'email':true}".formatted(n);
            calls.add(identify("named-" + n, "2026-02-01", traits));
            calls.add("{'type':'track','anonymousId':'webhook-%d','timestamp':'2026-02-02T10:00:00Z',%s}"
                    .formatted(n++, event));
        }
        // Its sender has an address of its own.
        calls.add(identify("named-4", "2026-02-01", "'email':'named-4@it-comes.example','consent':{'email':true}"));
        calls.add(
                "{'type':'track','anonymousId':'webhook-4','timestamp':'2026-02-02T10:00:00Z','event':'Unsubscribed',"
                        + "'context':{'traits':{'email':'post@provider.example'}},'properties':{'email':'named-4@it-comes.example'}}");
        send(calls);
        n = 0;
        for (var list : lists.values()) {
            var owner = customer("named-" + n);
            assertThat(granted(owner)).isEmpty();
            assertThat(lists("named-%d@it-comes.example".formatted(n))).containsExactly(list);
            assertThat(consents.of(owner))
                    .extracting(Consent::granted)
                    .as("the owner said nothing")
                    .containsExactly(true);
            assertThat(identities
                            .find(Identifier.Type.ANONYMOUS_ID, "webhook-" + n)
                            .orElseThrow())
                    .isNotEqualTo(owner);
            n++;
        }
        assertThat(lists("named-4@it-comes.example")).containsExactly("unsubscribe");
        assertThat(lists("post@provider.example")).isEmpty();
        // The owner's own deed opens what an unsubscription closed.
        send(List.of(track("named-0", "2026-02-03", "Subscribed", "'channel':'email'")));
        assertThat(granted(customer("named-0"))).isEqualTo("email");
    }

    @Test
    void whoCallsMailSpamIsNotWrittenToAtTheNextAddressEitherUntilTheyAskForIt() throws Exception {
        var yes = "'email':'spam-%d@it-comes.example','consent':{'email':true,'sms':true}";
        send(List.of(identify("spam-1", "2026-02-01", yes.formatted(1))));
        send(List.of(track("spam-1", "2026-02-02", "Email Marked as Spam", "'campaign':'spring'")));
        send(List.of(identify("spam-1", "2026-02-03", yes.formatted(2))));
        var customer = customer("spam-1");
        assertThat(granted(customer)).isEqualTo("sms");
        assertThat(consents.of(customer))
                .extracting(c -> c.channel() + " " + c.granted() + " " + c.source())
                .contains("email false event Email Marked as Spam");
        assertThat(lists("spam-1@it-comes.example")).containsExactly("complaint");
        assertThat(lists("spam-2@it-comes.example")).isEmpty();
        send(List.of(track("spam-1", "2026-02-04", "Subscribed", "'channel':'email'")));
        assertThat(granted(customer)).isEqualTo("email sms");
        // Where it was called spam nothing comes, whoever asks.
        send(List.of(identify("spam-1", "2026-02-05", "'email':'spam-1@it-comes.example'")));
        assertThat(granted(customer)).isEqualTo("sms");
    }

    /** Whoever takes the log up does so many events at a time, and the profile is ahead of the permissions. */
    @Test
    void anEventThatNamesNoAddressClosesTheOneItsCustomerHadWhenItCame() throws Exception {
        var events = Map.of(
                "Email Marked as Spam", "complaint",
                "Email Bounced", "hard_bounce",
                "Unsubscribed", "unsubscribe");
        int n = 0;
        for (var event : events.keySet()) {
            var who = "moved-" + n++;
            var address = "'email':'%s-%%s@it-comes.example'".formatted(who);
            send(List.of(identify(who, "2026-01-30", address.formatted("first"))));
            send(List.of(
                    identify(who, "2026-02-02", address.formatted("late")),
                    // Of the time before, but said later: what occurred last is the address.
                    identify(who, "2026-01-29", address.formatted("older")),
                    track(who, "2026-02-03", event, "'bounce_type':'hard'"),
                    identify(who, "2026-02-04", address.formatted("last"))));
            assertThat(lists("%s-late@it-comes.example".formatted(who)))
                    .as(event)
                    .containsExactly(events.get(event));
            // The address they had before all of this batch.
            var other = "moved-" + n++;
            var theirs = "'email':'%s-%%s@it-comes.example'".formatted(other);
            send(List.of(identify(other, "2026-01-30", theirs.formatted("first"))));
            send(List.of(
                    track(other, "2026-02-03", event, "'bounce_type':'hard'"),
                    identify(other, "2026-02-04", theirs.formatted("last"))));
            assertThat(lists("%s-first@it-comes.example".formatted(other)))
                    .as(event)
                    .containsExactly(events.get(event));
            // None at all by then, and one that was only said again.
            var third = "moved-" + n++;
            var its = "'email':'%s-only@it-comes.example'".formatted(third);
            send(List.of(
                    track(third, "2026-02-03", event, "'bounce_type':'hard'"), identify(third, "2026-02-04", its)));
            assertThat(lists("%s-only@it-comes.example".formatted(third)))
                    .as(event)
                    .isEmpty();
            send(List.of(
                    track(third, "2026-02-05", event, "'bounce_type':'hard'"), identify(third, "2026-02-06", its)));
            assertThat(lists("%s-only@it-comes.example".formatted(third)))
                    .as(event)
                    .containsExactly(events.get(event));
            for (var closed : List.of(who + "-first", who + "-older", who + "-last", other + "-last"))
                assertThat(lists(closed + "@it-comes.example"))
                        .as("%s: %s", event, closed)
                        .isEmpty();
        }
    }

    /** A provider of short messages knows a number, and neither the shop's ids nor its visitors. */
    @Test
    void whoUnsubscribesByATelephoneNumberAloneGetsNothingMoreThere() throws Exception {
        var properties = List.of(
                "'channel':'sms','phone':'+49 1512 000 001%d'",
                "'channel':'SMS','phone_number':'+49 1512 000 001%d'",
                "'channel':'sms','phoneNumber':'+4915120000 01%d'",
                "'phone':'+49 1512 000 001%d'",
                "'channel':'短信','mobile':'+49 1512 000 001%d'");
        var calls = new ArrayList<String>();
        for (int n = 0; n < properties.size(); n++)
            calls.add(
                    "{'type':'track','anonymousId':'stop-%d','timestamp':'2026-02-02T10:00:00Z','event':'Unsubscribed','properties':{%s}}"
                            .formatted(n, properties.get(n).formatted(n)));
        // The number of an event of mail is none of short messages, and neither is that of a customer who names no
        // channel.
        calls.add("{'type':'track','anonymousId':'stop-7','timestamp':'2026-02-02T10:00:00Z','event':'Unsubscribed',"
                + "'properties':{'channel':'email','phone':'+49 1512 000 0017'}}");
        calls.add(track("stop-8", "2026-02-02", "Unsubscribed", "'phone':'+49 1512 000 0018'"));
        // Known by it, and of one topic.
        calls.add("{'type':'track','anonymousId':'stop-9','timestamp':'2026-02-02T10:00:00Z','event':'Unsubscribed',"
                + "'context':{'traits':{'phone':'+49 1512 000 0019'}},'properties':{'channel':'sms','topic':'news'}}");
        send(calls);
        for (int n = 0; n < properties.size(); n++) {
            assertThat(numbers(n)).as(properties.get(n)).containsExactly("unsubscribe");
            assertThat(identities.find(Identifier.Type.PHONE, "+491512000001" + n))
                    .as("nobody is known by it")
                    .isEmpty();
        }
        assertThat(numbers(7)).isEmpty();
        assertThat(numbers(8)).isEmpty();
        assertThat(suppressions.find("sms", suppressions.addressHash("sms", "+4915120000019")))
                .extracting(Suppression::topic)
                .containsExactly("news");

        // Its owner's own deed opens it, once they are known by it; another's does not.
        send(List.of(
                identify("owner-0", "2026-02-03", "'phone':'+4915120000010'"),
                track("owner-0", "2026-02-04", "Subscribed", "'channel':'sms'"),
                track("owner-1", "2026-02-04", "Subscribed", "'channel':'sms','phone':'+4915120000011'")));
        assertThat(numbers(0)).isEmpty();
        assertThat(numbers(1)).containsExactly("unsubscribe");
    }

    private List<String> numbers(int last) {
        return suppressions.find("sms", suppressions.addressHash("sms", "+491512000001" + last)).stream()
                .map(entry -> entry.reason().code())
                .toList();
    }

    private List<String> lists(String address) {
        return suppressions.find("email", suppressions.addressHash("email", address)).stream()
                .map(entry -> entry.reason().code())
                .toList();
    }

    /** What is left of a yes to mail and to short messages, by the properties of the event that came then. */
    private Map<String, String> leftAfter(String event, String who, Map<String, String> events) throws Exception {
        var calls = new ArrayList<String>();
        int n = 0;
        for (var properties : events.keySet()) {
            var traits = "'email':'%s-%d@it-comes.example'".formatted(who, n);
            calls.add(identify(who + "-" + n, "2026-02-01", traits + ",'consent':{'email':true,'sms':true}"));
            calls.add(track(who + "-" + n++, "2026-02-02", event, properties));
        }
        send(calls);
        var found = new LinkedHashMap<String, String>();
        n = 0;
        for (var properties : events.keySet()) found.put(properties, granted(customer(who + "-" + n++)));
        return found;
    }

    /** The channels over which nothing stands against writing to a customer, but perhaps that there is no such address. */
    private String granted(CustomerId customer) {
        return List.of("email", "sms").stream()
                .filter(channel -> EnumSet.of(Refusal.NO_ADDRESS).containsAll(refusals(customer, channel)))
                .collect(Collectors.joining(" "));
    }

    private Set<Refusal> refusals(CustomerId customer, String channel) {
        return permissions
                .judge(new long[] {customer.value()}, Ask.marketing(channel), NOW)
                .reasons(0);
    }

    private CustomerId customer(String name) {
        return identities.find(Identifier.Type.USER_ID, OURS + name).orElseThrow();
    }

    private static String identify(String name, String day, String traits) {
        return "{'type':'identify','userId':'%s','timestamp':'%sT10:00:00Z','traits':{%s}}"
                .formatted(OURS + name, day, traits);
    }

    private static String track(String name, String day, String event, String properties) {
        return "{'type':'track','userId':'%s','timestamp':'%sT10:00:00Z','event':'%s','properties':{%s}}"
                .formatted(OURS + name, day, event, properties);
    }

    /** Quotation marks are single ones here. */
    private void send(List<String> calls) throws Exception {
        var body = "{'batch':[%s]}".formatted(String.join(",", calls)).replace('\'', '"');
        var key = Base64.getEncoder().encodeToString((RekindleTest.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                                .header("Authorization", "Basic " + key)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }
}
