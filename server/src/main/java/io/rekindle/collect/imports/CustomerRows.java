package io.rekindle.collect.imports;

import io.rekindle.collect.ConsentWords;
import io.rekindle.collect.DoubleOptIn;
import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Problem;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row of a customer as an identify call. An empty cell says nothing: it takes no value away. A permission is a call of
 * its own, at the time it was given or refused, for only with a source and a time is it one.
 */
final class CustomerRows implements RowEvents {
    /**
     * Field → the trait it fills, by the names of Segment's specification; those of an address stand by themselves, for
     * rules ask for city, state and country, and an address as a whole is personal.
     */
    private static final Map<String, String> TRAITS = Map.ofEntries(
            Map.entry("email", "email"),
            Map.entry("phone", "phone"),
            Map.entry("first_name", "firstName"),
            Map.entry("last_name", "lastName"),
            Map.entry("name", "name"),
            Map.entry("gender", "gender"),
            Map.entry("street", "street"),
            Map.entry("house_number", "streetNumber"),
            Map.entry("street_2", "street2"),
            Map.entry("suburb", "suburb"),
            Map.entry("city", "city"),
            Map.entry("state", "state"),
            Map.entry("postcode", "postalCode"),
            Map.entry("country", "country"),
            Map.entry("language", "language"),
            Map.entry("company", "company"),
            Map.entry("social_security", "ssn"));

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,14})(\\.\\d{1,6})?");
    /** As the consent module names a version of what was asked. */
    private static final Pattern WORDING = Pattern.compile("[a-z][a-z0-9_]{0,39}@[1-9][0-9]{0,5}");

    private static final int LONGEST_PROOF = 2_000;
    /** So many rows that prove nothing are asked about in one go. */
    private static final int ASKED_AT_ONCE = 1_000;

    private static final String MAIL = "email";
    /** As the intake takes kinds of external ids. */
    private static final Pattern KIND_OF_ID = Pattern.compile("[a-z][a-z0-9_.-]{0,39}");

    private static final String ANONYMOUS_ID = Identifier.Type.ANONYMOUS_ID.code();
    private static final int MOST_IDS = 20;
    private static final Pattern CHANNEL = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    private static final List<DateTimeFormatter> DAYS = Stream.of(
                    DateTimeFormatter.ISO_LOCAL_DATE,
                    DateTimeFormatter.BASIC_ISO_DATE,
                    DateTimeFormatter.ofPattern("uuuu/M/d", Locale.ROOT),
                    DateTimeFormatter.ofPattern("d.M.uuuu", Locale.ROOT),
                    DateTimeFormatter.ofPattern("uuuu年M月d日", Locale.ROOT))
            .map(form -> form.withResolverStyle(ResolverStyle.STRICT))
            .toList();

    private final MappedColumns columns;
    private final JsonMapper json;
    private final ZoneId zone;
    private final Instant now;
    private final Instant latest;
    private final Map<String, String> own;
    private final Map<String, String> permissions;
    private final Map<String, String> ids;
    private final Map<String, String> tags;
    private final Map<String, Predicate<String>> takenTags;
    private final DoubleOptIn.Rule doubleOptIn;
    private final Identifiers identifiers;
    private final List<DoubleOptIn.Yes> unproven = new ArrayList<>();
    private long noDays;
    private long toConfirm;

    /**
     * @param takenTags by key, the tags that take values from files
     * @param doubleOptIn of whom a yes to mail is none before it was confirmed, or proved
     */
    CustomerRows(
            ImportMapping mapping,
            List<String> given,
            ZoneId zone,
            Instant now,
            Instant latest,
            JsonMapper json,
            Map<String, Predicate<String>> takenTags,
            DoubleOptIn.Rule doubleOptIn,
            Identifiers identifiers) {
        this.takenTags = takenTags;
        this.doubleOptIn = doubleOptIn;
        this.identifiers = identifiers;
        this.json = json;
        this.zone = zone;
        this.now = now;
        this.latest = latest;
        var faults = new ArrayList<Problem.Fault>();
        columns = new MappedColumns(mapping, given, zone, faults);
        ids = columns.beginningWith(ImportKind.IDS);
        if (!columns.has("customer") && !columns.has("email") && !columns.has("phone") && ids.isEmpty())
            faults.add(new Problem.Fault(
                            "customer",
                            "customer_column_missing_of_three",
                            "no column is mapped to it, nor to email or phone; the file has {columns}")
                    .with("columns", given));
        own = columns.beginningWith(ImportKind.TRAITS);
        checkIds(faults);
        tags = columns.beginningWith(ImportKind.TAG);
        tags.forEach((field, key) -> {
            if (!takenTags.containsKey(key))
                faults.add(new Problem.Fault(
                                field,
                                "tag_not_imported",
                                "there is no approved imported tag '{tag}'; files can fill {known}")
                        .with("tag", key)
                        .with("known", takenTags.keySet().stream().sorted().toList()));
        });
        permissions = columns.beginningWith(ImportKind.CONSENT);
        permissions.forEach((field, channel) -> {
            if (!CHANNEL.matcher(channel).matches())
                faults.add(new Problem.Fault(
                                field, "channel_unknown", "'{channel}' is no channel; email, sms and push are some")
                        .with("channel", channel));
            for (var needed : List.of("consent_source", "consent_time"))
                if (!columns.has(needed))
                    faults.add(new Problem.Fault(
                                    needed,
                                    "consent_needs_proof",
                                    "a permission ({field}) needs a column for where it was given and one for when: no column is mapped to {needed}; the file has {columns}")
                            .with("field", field)
                            .with("needed", needed)
                            .with("columns", given));
        });
        MappedColumns.requireNone(faults);
    }

    private void checkIds(List<Problem.Fault> faults) {
        if (ids.size() > MOST_IDS)
            faults.add(new Problem.Fault(ImportKind.IDS, "ids_many", "a row has at most {most} further identifiers")
                    .with("most", MOST_IDS));
        ids.forEach((field, kind) -> {
            var type = Identifier.Type.named(kind);
            if (!KIND_OF_ID.matcher(kind).matches())
                faults.add(new Problem.Fault(
                                field,
                                "ids_kind_unknown",
                                "'{kind}' is no kind of identifier: lower-case letters, digits, dots, hyphens and underscores, beginning with a letter")
                        .with("kind", kind));
            else if (type == Identifier.Type.USER_ID || type == Identifier.Type.EMAIL || type == Identifier.Type.PHONE)
                faults.add(new Problem.Fault(
                                field, "ids_own_field", "map this column to '{own}', which is a field of its own")
                        .with("own", type == Identifier.Type.USER_ID ? "customer" : type.code()));
        });
    }

    @Override
    public boolean tellsWhen() {
        return columns.place("time") >= 0;
    }

    @Override
    public List<Imports.Column> understood() {
        return columns.understood();
    }

    @Override
    public List<Imports.Note> notes() {
        var notes = new ArrayList<Imports.Note>();
        if (noDays > 0)
            notes.add(new Imports.Note(
                    "birthday_no_day",
                    List.of(Long.toString(noDays)),
                    "%d birthdays are no day that can be read: they are kept as they are written".formatted(noDays)));
        countToConfirm();
        if (toConfirm > 0)
            notes.add(new Imports.Note(
                    "yes_to_confirm",
                    List.of(Long.toString(toConfirm)),
                    "%d rows say yes to mail without a proof where a yes has to be confirmed: it does not hold, and the import asks nobody"
                            .formatted(toConfirm)));
        return notes;
    }

    @Override
    public List<Item> of(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var call = json.createObjectNode();
        identify(call, row);
        var traits = call.withObject("/traits");
        for (var field : ImportKind.CUSTOMERS.fields()) {
            var trait = TRAITS.get(field);
            if (trait != null) put(traits, trait, columns.text(row, field));
        }
        birthday(traits, row);
        if (!columns.text(row, "created_at").isEmpty())
            traits.put("createdAt", columns.time(row, "created_at", latest).toString());
        own.forEach((field, trait) -> putAsItLooks(traits, trait, columns.text(row, field)));
        tags(traits, row);
        if (columns.text(row, "time").isEmpty()) call.put("timestamp", now.toString());
        else call.put("timestamp", columns.time(row, "time", latest).toString());
        var items = new ArrayList<Item>(2);
        items.add(new Item(EventType.IDENTIFY, call));
        var said = permission(row);
        if (said != null) items.add(new Item(EventType.IDENTIFY, said));
        return items;
    }

    /** The value of a tag travels as text, in a trait no source can send. */
    private void tags(ObjectNode traits, Table.Row row) throws BadRow {
        for (var tag : tags.entrySet()) {
            var value = columns.text(row, tag.getKey());
            if (value.isEmpty()) continue;
            var fits = takenTags.get(tag.getValue());
            if (fits == null || !fits.test(value))
                throw new BadRow(
                        "bad_tag_value",
                        "column '%s' holds no value of the tag '%s'"
                                .formatted(columns.column(tag.getKey()), tag.getValue()));
            traits.put(ImportKind.TAG + tag.getValue(), value);
        }
    }

    private void identify(ObjectNode call, Table.Row row) throws BadRow {
        var customer = columns.text(row, "customer");
        put(call, "userId", customer);
        boolean another = false;
        for (var one : ids.entrySet()) {
            var id = columns.text(row, one.getKey());
            if (id.isEmpty()) continue;
            another = true;
            if (one.getValue().equals(ANONYMOUS_ID)) call.put("anonymousId", id);
            else
                call.withArray("/context/externalIds")
                        .addObject()
                        .put("type", one.getValue())
                        .put("id", id);
        }
        if (customer.isEmpty()
                && !another
                && columns.text(row, "email").isEmpty()
                && columns.text(row, "phone").isEmpty())
            throw new BadRow("no_customer", "the row names no customer: no id, e-mail address or phone number");
    }

    private void birthday(ObjectNode traits, Table.Row row) {
        var text = columns.text(row, "birthday");
        if (text.isEmpty()) return;
        var moment = row.moments().get(columns.place("birthday"));
        var day = moment == null ? day(text) : moment.in(zone).atZone(zone).toLocalDate();
        if (day == null) noDays++;
        traits.put("birthday", day == null ? text : day.toString());
    }

    /** The day a text says in one of the usual forms; null when it says none there is. */
    static @Nullable LocalDate day(String text) {
        for (var form : DAYS)
            try {
                return LocalDate.parse(text, form);
            } catch (DateTimeParseException ofAnotherForm) {
                // The next one is tried.
            }
        return null;
    }

    private @Nullable ObjectNode permission(Table.Row row) throws BadRow {
        var consent = json.createObjectNode();
        for (var one : permissions.entrySet()) {
            var text = columns.text(row, one.getKey());
            if (text.isEmpty()) continue;
            var yes = ConsentWords.answer(text);
            if (yes == null)
                throw new BadRow(
                        "bad_consent", "column '%s' says neither yes nor no".formatted(columns.column(one.getKey())));
            consent.put(one.getValue(), yes);
        }
        if (consent.isEmpty()) return null;
        var source = columns.text(row, "consent_source");
        if (source.isEmpty())
            throw new BadRow(
                    "consent_without_source",
                    "column '%s' is empty: a permission needs where it was given"
                            .formatted(columns.column("consent_source")));
        if (columns.text(row, "consent_time").isEmpty())
            throw new BadRow(
                    "consent_without_time",
                    "column '%s' is empty: a permission needs when it was given"
                            .formatted(columns.column("consent_time")));
        consent.put("source", source);
        var wording = columns.text(row, "consent_wording");
        if (!wording.isEmpty() && !WORDING.matcher(wording).matches())
            throw new BadRow(
                    "bad_wording",
                    "column '%s' names no version of a wording, e.g. newsletter@3"
                            .formatted(columns.column("consent_wording")));
        put(consent, "wording", wording);
        var proof = columns.text(row, "consent_proof");
        if (proof.length() > LONGEST_PROOF)
            throw new BadRow(
                    "proof_too_long",
                    "column '%s' has more than %d characters"
                            .formatted(columns.column("consent_proof"), LONGEST_PROOF));
        put(consent, "proof", proof);
        var call = json.createObjectNode();
        call.put("timestamp", columns.time(row, "consent_time", latest).toString());
        identify(call, row);
        var traits = call.withObject("/traits");
        if (!call.has("userId")) {
            put(traits, "email", columns.text(row, "email"));
            if (traits.isEmpty()) put(traits, "phone", columns.text(row, "phone"));
        }
        traits.set("consent", consent);
        if (proof.isEmpty() && consent.path(MAIL).asBoolean(false)) {
            unproven.add(new DoubleOptIn.Yes(columns.text(row, "country"), whom(row)));
            if (unproven.size() >= ASKED_AT_ONCE) countToConfirm();
        }
        return call;
    }

    private void countToConfirm() {
        if (unproven.isEmpty()) return;
        toConfirm += doubleOptIn.toConfirm(unproven);
        unproven.clear();
    }

    private @Nullable CustomerId whom(Table.Row row) {
        var customer = columns.text(row, "customer");
        return (customer.isEmpty()
                        ? identifiers.of(Identifier.Type.EMAIL, columns.text(row, "email"))
                        : identifiers.of(Identifier.Type.USER_ID, customer))
                .map(Identifier::id)
                .orElse(null);
    }

    private static void put(ObjectNode to, String field, String value) {
        if (!value.isEmpty()) to.put(field, value);
    }

    /** A trait of the file's own naming: a number or a yes or no where it is plainly one, so that rules can compare it. */
    private static void putAsItLooks(ObjectNode to, String field, String value) {
        if (value.isEmpty()) return;
        if (NUMBER.matcher(value).matches()) to.put(field, new BigDecimal(value));
        else if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"))
            to.put(field, Boolean.parseBoolean(value.toLowerCase(Locale.ROOT)));
        else to.put(field, value);
    }
}
