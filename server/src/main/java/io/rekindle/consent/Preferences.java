package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The preference page of a customer: what they can choose, and what becomes of it. Its link is signed, stands in mails and
 * does not run out; whoever has it can change what the customer gets, and learns nothing but that and a masked address. Who
 * has it reads the mailbox it was sent to, so it does so much only while that is the customer's; after that it stops mail.
 */
@Component
public class Preferences {
    private static final String KIND = "preferences";
    private static final int SIGNATURE = 16;
    private static final long NO_ADDRESS = 0;
    private static final String SOURCE = "preference centre";

    private final Consents consents;
    private final Topics topics;
    private final Wordings wordings;
    private final Countries countries;
    private final Confirmations confirmations;
    private final Profiles profiles;
    private final Identities identities;
    private final ConsentStore store;
    private final BusinessClock clock;
    private final Vault vault;
    private final String publicUrl;

    Preferences(
            Consents consents,
            Topics topics,
            Wordings wordings,
            Countries countries,
            Confirmations confirmations,
            Profiles profiles,
            Identities identities,
            ConsentStore store,
            BusinessClock clock,
            Vault vault,
            PlatformSettings settings) {
        this.consents = consents;
        this.topics = topics;
        this.wordings = wordings;
        this.countries = countries;
        this.confirmations = confirmations;
        this.profiles = profiles;
        this.identities = identities;
        this.store = store;
        this.clock = clock;
        this.vault = vault;
        publicUrl = settings.publicUrl().replaceAll("/+$", "");
    }

    /** The address of a customer's page, for whoever has the address they have now. */
    public String url(CustomerId customer) {
        return url(customer, address(customer));
    }

    /** The address of a customer's page, for whoever has an address. */
    public String url(CustomerId customer, long addressHash) {
        var content = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(customer.value())
                .putLong(addressHash)
                .array();
        var all = Arrays.copyOf(content, content.length + SIGNATURE);
        System.arraycopy(vault.sign(KIND, content), 0, all, content.length, SIGNATURE);
        return publicUrl + "/p/" + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    private long address(CustomerId customer) {
        var own = identities.canonical(customer);
        return store.addresses(List.of(own), Permissions.EMAIL).getOrDefault(own, NO_ADDRESS);
    }

    /**
     * What a link says.
     *
     * @param customer whose page it is of
     * @param addressHash of where it was sent; null: it is from before links said so
     */
    public record Link(CustomerId customer, @Nullable Long addressHash) {}

    /** What a link says; empty when it is not ours. */
    public Optional<Link> link(String token) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int length = all.length - SIGNATURE;
        if (length != Long.BYTES && length != 2 * Long.BYTES) return Optional.empty();
        var content = Arrays.copyOf(all, length);
        if (!MessageDigest.isEqual(Arrays.copyOfRange(all, length, all.length), vault.sign(KIND, content)))
            return Optional.empty();
        var said = ByteBuffer.wrap(content);
        return Optional.of(new Link(new CustomerId(said.getLong()), said.hasRemaining() ? said.getLong() : null))
                .filter(link -> profiles.exists(link.customer()));
    }

    /** Whether a link was sent to the address its customer has now: else it shows nothing of them and says yes to nothing. */
    public boolean isAtHome(Link link) {
        var sentTo = link.addressHash();
        return sentTo != null && sentTo == address(link.customer());
    }

    /** Whether a link was sent to another address than that; of one from before links said so nobody knows. */
    public boolean isElsewhere(Link link) {
        var sentTo = link.addressHash();
        return sentTo != null && sentTo != NO_ADDRESS && !isAtHome(link);
    }

    /**
     * One thing to choose.
     *
     * @param code of its topic; empty: everything that is about no topic
     */
    public record Choice(String code, String name, String about, boolean on) {}

    /**
     * What a page shows.
     *
     * @param address masked; null where there is none
     * @param asked what the customer is asked, and in which version; null where nothing is set up
     */
    public record View(
            @Nullable String address,
            List<Choice> choices,
            @Nullable String asked,
            @Nullable String wording) {
        public View {
            choices = List.copyOf(choices);
        }
    }

    /** Reads; changes nothing. */
    public View of(CustomerId customer, String language) {
        boolean chinese = language.equals("zh");
        var offered = topics.offered();
        var codes = Stream.concat(Stream.of(""), offered.stream().map(Topic::code));
        var holds = consents.holding(customer, Permissions.EMAIL, codes.toList());
        var choices = new ArrayList<Choice>();
        choices.add(new Choice(
                "",
                topics.nameOf("", chinese),
                chinese ? "不属于以下任何主题的邮件" : "What belongs to none of the topics below",
                Boolean.TRUE.equals(holds.get(""))));
        for (var topic : offered)
            choices.add(new Choice(
                    topic.code(),
                    chinese ? topic.nameZh() : topic.nameEn(),
                    chinese ? topic.aboutZh() : topic.aboutEn(),
                    Boolean.TRUE.equals(holds.get(topic.code()))));
        var asked = asked(customer, language);
        return new View(
                maskedAddress(customer),
                choices,
                asked.map(a -> a.text().body()).orElse(null),
                asked.map(Asked::wording).orElse(null));
    }

    private record Asked(String wording, Wording.Text text) {}

    private Optional<Asked> asked(CustomerId customer, String language) {
        return wordings.latest(Wordings.PREFERENCES)
                .flatMap(wording -> wording.text(countries.of(customer).orElse(""), language)
                        .map(text -> new Asked(wording.reference(), text)));
    }

    private @Nullable String maskedAddress(CustomerId customer) {
        return profiles.masked(profiles.personal(List.of(customer), Set.of(PersonalFields.EMAIL))
                        .getOrDefault(customer, PersonalFields.NONE))
                .get(PersonalFields.EMAIL)
                .orElse(null);
    }

    /**
     * Takes over what a customer chose, so that what holds then is what was chosen; what held already is not said again. What
     * has to be confirmed by mail holds only then.
     *
     * @param wanted the codes that are on; those of the page that are not are off
     * @return what became of asking the customer to confirm some of it; empty when nothing has to be confirmed
     */
    @Transactional
    public Set<Confirmations.Asked> choose(CustomerId customer, Set<String> wanted, String language) {
        var asked = asked(customer, language);
        var saying = new Declaration(
                Permissions.MARKETING,
                Permissions.EMAIL,
                null,
                true,
                SOURCE,
                asked.map(Asked::wording).orElse(null),
                asked.map(a -> a.text().language()).orElse(null),
                null);
        var codes = topics.offered().stream().map(Topic::code).toList();
        boolean toConfirm = confirmations.isNeeded(customer, Permissions.EMAIL);
        // What holds already goes on without being confirmed anew, also when it held by the general word only.
        var before = consents.holding(customer, Permissions.EMAIL, codes);
        Predicate<String> needsConfirmation = code -> toConfirm && !before.getOrDefault(code, false);
        // The general word first: what is said of a topic has to differ from what then holds of it.
        var outcomes = EnumSet.noneOf(Confirmations.Asked.class);
        outcomes.addAll(sayWhereItDiffers(customer, List.of(""), wanted, saying, needsConfirmation));
        outcomes.addAll(sayWhereItDiffers(customer, codes, wanted, saying, needsConfirmation));
        return outcomes;
    }

    private Set<Confirmations.Asked> sayWhereItDiffers(
            CustomerId customer,
            List<String> codes,
            Set<String> wanted,
            Declaration saying,
            Predicate<String> needsConfirmation) {
        var outcomes = EnumSet.noneOf(Confirmations.Asked.class);
        var holding = consents.holding(customer, Permissions.EMAIL, codes);
        var notRefused = consents.notRefused(customer, Permissions.EMAIL, codes);
        for (var code : codes) {
            boolean on = wanted.contains(code);
            // What is off only because the address was unsubscribed is taken back, too: the list may be left again. So
            // is what
            // nobody has spoken of where silence can be permission: who leaves a box empty has spoken.
            if (on == (on ? holding : notRefused).getOrDefault(code, false)) continue;
            var said = saying.about(code.isEmpty() ? null : code, on);
            if (on && needsConfirmation.test(code)) {
                outcomes.add(confirmations.ask(customer, said));
            } else {
                consents.say(customer, said);
            }
        }
        return outcomes;
    }

    /**
     * Takes marketing mail off altogether: the customer's, of everything, whatever topics were chosen, and at the address,
     * whoever else the shop takes for its owner. By a link that was sent to another address than theirs: at that address.
     */
    @Transactional
    public void unsubscribe(Link link) {
        var sentTo = link.addressHash();
        boolean elsewhere = isElsewhere(link);
        if (!elsewhere) consents.say(link.customer(), Declaration.marketing(Permissions.EMAIL, false, SOURCE));
        long address = sentTo != null && elsewhere ? sentTo : address(link.customer());
        if (address != NO_ADDRESS)
            store.suppress(List.of(new Suppression(
                    Permissions.EMAIL, address, Suppression.Reason.UNSUBSCRIBE, SOURCE, clock.instant(), null, null)));
    }
}
