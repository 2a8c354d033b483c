package io.rekindle.collect.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rekindle.collect.DoubleOptIn;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.collect.ImportKind;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.ImportsUndone;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Ask;
import io.rekindle.consent.Consents;
import io.rekindle.consent.Countries;
import io.rekindle.consent.CountryRule;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.platform.Problem;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import io.rekindle.testing.EverythingStored;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Files of customers, in every form a file may have: each row is what the customer's own identify call would have been. */
@RekindleTest
class CustomerImportTest {
    private final Imports imports;
    private final Consents consents;
    private final Uploads uploads;
    private final Warehouse warehouse;
    private final Profiles profiles;
    private final Identifiers identifiers;
    private final EventLog log;
    private final Tails tails;
    private final JdbcClient jdbc;
    private final int port;
    private final String mark = UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    CustomerImportTest(
            @Autowired Imports imports,
            @Autowired Uploads uploads,
            @Autowired Warehouse warehouse,
            @Autowired Profiles profiles,
            @Autowired Identifiers identifiers,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Consents consents,
            @Autowired JdbcClient jdbc,
            @LocalServerPort int port) {
        this.jdbc = jdbc;
        this.port = port;
        this.imports = imports;
        this.uploads = uploads;
        this.warehouse = warehouse;
        this.profiles = profiles;
        this.identifiers = identifiers;
        this.log = log;
        this.tails = tails;
        this.consents = consents;
    }

    /** The same rows in one form after the other are there already: so every form reads them alike. */
    @Test
    void theSameCustomersInEveryFormOfFileComeInOnce() throws Exception {
        var header = List.of("客户编号", "邮箱", "姓名", "生日", "城市", "会员等级", "积分");
        var rows = List.of(
                List.of("z-1-" + mark, "li.na." + mark + "@example.com", "李娜", "1990-05-17", "杭州", "金卡会员", "120"),
                List.of("z-2-" + mark, "", "张三", "1985-12-01", "北京", "银卡会员", "7.5"));
        var mapping = ImportMapping.of(
                ImportKind.CUSTOMERS,
                Map.of(
                        "customer",
                        "客户编号",
                        "email",
                        "邮箱",
                        "name",
                        "姓名",
                        "birthday",
                        "生日",
                        "city",
                        "城市",
                        "traits.level",
                        "会员等级",
                        "traits.points",
                        "积分"));
        var csv = csv(header, rows);

        var dry = run(write("a.csv", csv.getBytes(StandardCharsets.UTF_8)), mapping, true);
        assertThat(dry.lines()).isEqualTo(2);
        assertThat(known("z-1-" + mark)).isFalse();
        var first = run(write("a.csv", csv.getBytes(StandardCharsets.UTF_8)), mapping, false);
        assertThat(first).isEqualTo(dry);
        assertThat(first.encoding()).isEqualTo("UTF-8");
        assertThat(first.customers()).isEqualTo(2);
        assertThat(first.columns())
                .contains(new Imports.Column("会员等级", "traits.level"), new Imports.Column("姓名", "name"));

        var who = customer("z-1-" + mark);
        assertThat(personal(who, "name", "email", "birthday"))
                .isEqualTo(Map.of("name", "李娜", "email", "li.na." + mark + "@example.com", "birthday", "1990-05-17"));
        assertThat(profiles.traits(List.of(who)).toString())
                .contains("level=\"金卡会员\"", "points=120", "city=\"杭州\"", "birth_year=1990");

        var forms = Map.of(
                "marked.csv", ("\ufeff" + csv).getBytes(StandardCharsets.UTF_8),
                "gbk.csv", csv.getBytes(Charset.forName("GBK")),
                "gbk.csv.gz", zipped(csv.getBytes(Charset.forName("GB18030"))),
                "lines.jsonl", lines(header, rows).getBytes(StandardCharsets.UTF_8),
                "gbk.jsonl", lines(header, rows).getBytes(Charset.forName("GB18030")),
                "semicolons.csv", csv.replace(',', ';').getBytes(StandardCharsets.UTF_16),
                "book.xlsx", workbook(header, rows));
        for (var form : forms.entrySet())
            assertThere(run(write(form.getKey(), form.getValue()), mapping, false), form.getKey());
        assertThere(run(parquet(header, rows), mapping, false), "parquet");
        assertThat(run(write("gbk.csv", csv.getBytes(Charset.forName("GBK"))), mapping, true)
                        .encoding())
                .isEqualTo("GB18030");
        assertThat(imports.rejects(
                                imports.list(Long.MAX_VALUE, 1)
                                        .items()
                                        .getFirst()
                                        .id(),
                                0,
                                10)
                        .items())
                .isEmpty();
    }

    private static void assertThere(Imports.Report report, String form) {
        assertThat(report.alreadyThere()).as(form).isEqualTo(2);
        assertThat(report.lines()).as(form).isZero();
    }

    @Test
    void aFileThatComesAgainDoesNotTakeBackWhatTheCustomerSaidSince() throws Exception {
        var first = "customer,city\nc-%1$s,Berlin\nd-%1$s,Rome\n".formatted(mark);
        assertThat(run(first).lines()).isEqualTo(2);
        assertThat(run(first.replace("Berlin", "Paris")).lines())
                .as("only who moved")
                .isEqualTo(1);
        assertThat(city("c-" + mark)).isEqualTo("Paris");
        assertThat(run(first.replace("Berlin", "Paris")).alreadyThere()).isEqualTo(2);
        assertThat(run(first).lines()).as("back again is something new").isEqualTo(1);
        assertThat(city("c-" + mark)).isEqualTo("Berlin");
    }

    /** Two databases, or two files, of which each knows something else of the same customer. */
    @Test
    void whatAnotherImportSaysInBetweenMakesNoRowNewAgain() throws Exception {
        var city = "customer,city\np-%s,Berlin\n".formatted(mark);
        var points = "customer,traits.points\np-%s,10\n".formatted(mark);
        long pull = 5_000_000_000L + mark.hashCode();
        var crm = new Imports.Origin("pull", pull, "crm " + mark);
        var loyalty = new Imports.Origin("pull", pull + 1, "loyalty " + mark);
        assertThat(run(city, crm).lines()).isEqualTo(1);
        assertThat(run(points, loyalty).lines()).isEqualTo(1);
        say("p-" + mark, Instant.now().toString(), "\"city\":\"Hamburg\"");
        for (int night = 0; night < 2; night++) {
            assertThat(run(city, crm).alreadyThere()).isEqualTo(1);
            assertThat(run(points, loyalty).alreadyThere()).isEqualTo(1);
        }
        assertThat(city("p-" + mark)).isEqualTo("Hamburg");
        assertThat(run(city.replace("Berlin", "Paris"), crm).lines())
                .as("who moved")
                .isEqualTo(1);
        assertThat(city("p-" + mark)).isEqualTo("Paris");

        assertThat(run(city).lines()).as("by hand nobody said it yet").isEqualTo(1);
        assertThat(run(points).lines()).isEqualTo(1);
        say("p-" + mark, Instant.now().toString(), "\"city\":\"Hamburg\"");
        assertThat(run(city).alreadyThere()).isEqualTo(1);
        assertThat(run(points).alreadyThere()).isEqualTo(1);
        assertThat(city("p-" + mark)).isEqualTo("Hamburg");
    }

    /** Where the file names no country, what is known of its customers counts. */
    @Test
    void whoHasToConfirmIsAskedAboutManyRowsAtATime(
            @Autowired Countries countries, @Autowired Identifiers identifiers, @Autowired DoubleOptIn doubleOptIn)
            throws Exception {
        countries.save(new CountryRule("AT", null, null, null, Set.of(), true));
        try {
            for (int n = 0; n < 4; n++)
                say(
                        "at-%d-%s".formatted(n, mark),
                        "2026-01-01T00:00:00Z",
                        "\"country\":\"%s\"".formatted(n < 3 ? "AT" : "CH"));
            customer("at-3-" + mark);
            var header = List.of("customer", "country", "consent.email", "consent_source", "consent_time");
            var questions = new java.util.ArrayList<Integer>();
            var rule = doubleOptIn.now();
            var rows = new CustomerRows(
                    ImportMapping.of(ImportKind.CUSTOMERS, Map.of()),
                    header,
                    ZoneOffset.UTC,
                    Instant.now(),
                    Instant.now(),
                    JsonMapper.builder().build(),
                    Map.of(),
                    yeses -> {
                        questions.add(yeses.size());
                        return rule.toConfirm(yeses);
                    },
                    identifiers);
            for (int n = 0; n < 2_500; n++)
                rows.of(new Table.Row(
                        n + 1,
                        List.of(
                                "at-%d-%s".formatted(n % 5, mark),
                                n < 10 ? "Austria" : "",
                                "yes",
                                "fair",
                                "2025-01-01"),
                        Map.of(),
                        Set.of()));
            // Three of four known ones live there, of every fifth row nothing is known, and ten say so themselves.
            assertThat(rows.notes())
                    .extracting(note -> note.code() + note.values())
                    .containsExactly("yes_to_confirm[%d]".formatted(10 + 3 * (2_500 - 10) / 5));
            assertThat(questions).containsExactly(1_000, 1_000, 500);
        } finally {
            countries.remove("AT");
        }
    }

    /** Thousands of rows are no reason to write to thousands. */
    @Test
    void wherePermissionsHaveToBeConfirmedAFileAsksNobodyAndHoldsWhereItProves(
            @Autowired Countries countries, @Autowired Permissions permissions) throws Exception {
        countries.save(new CountryRule("AT", null, null, null, Set.of(), true));
        try {
            var csv = new StringBuilder(
                    "customer,email,country,consent.email,consent_source,consent_time,consent_proof\n");
            var ids = new java.util.ArrayList<String>();
            for (int n = 0; n < 60; n++) {
                var id = "doi-%d-%s".formatted(n, mark);
                ids.add(id);
                csv.append("%s,%s@file.example,%s,%s,fair,2021-05-06T00:00:00Z,%s\n"
                        .formatted(
                                id,
                                id,
                                n < 50 ? "Austria" : "CH",
                                n < 45 || n >= 50 ? "yes" : "no",
                                n < 20 ? "double opt-in of 2021: slip " + n : ""));
            }
            var file = write("doi.csv", csv.toString().getBytes(StandardCharsets.UTF_8));
            var mapping = ImportMapping.of(ImportKind.CUSTOMERS, Map.of());
            var dry = run(file, mapping, true);
            assertThat(dry.notes())
                    .extracting(note -> note.code() + note.values())
                    .containsExactly("yes_to_confirm[25]");
            assertThat(run(file, mapping, false)).isEqualTo(dry);
            var customers = ids.stream().map(this::customer).toList();
            assertThat(mailsThatAsk(customers)).isZero();
            var judged = permissions.judge(
                    customers.stream().mapToLong(CustomerId::value).toArray(), Ask.marketing("email"), Instant.now());
            for (int n = 0; n < 60; n++)
                assertThat(judged.allows(n)).as("row %d", n).isEqualTo(n < 20 || n >= 50);
            assertThat(consents.evidenceOf(customers.get(7))).singleElement().satisfies(e -> {
                assertThat(e.proof()).isEqualTo("double opt-in of 2021: slip 7");
                assertThat(e.source()).endsWith(": fair");
                assertThat(e.at()).isEqualTo("2021-05-06T00:00:00Z");
            });

            // Another address: with a file nobody is asked, with a call of their own who was vouched for is.
            run("customer,email\n%s,new-%s@file.example\n".formatted(ids.get(3), mark));
            customer(ids.get(3));
            assertThat(mailsThatAsk(customers)).isZero();
            say(ids.get(4), Instant.now().toString(), "\"email\":\"newer-%s@file.example\"".formatted(mark));
            customer(ids.get(4));
            assertThat(mailsThatAsk(customers)).isEqualTo(1);
            judged = permissions.judge(
                    new long[] {customers.get(3).value(), customers.get(4).value()},
                    Ask.marketing("email"),
                    Instant.now());
            assertThat(judged.allowed()).as("at addresses nobody vouched for").isZero();
            say(ids.get(30), Instant.now().toString(), "\"consent\":{\"email\":true}");
            customer(ids.get(30));
            assertThat(mailsThatAsk(customers)).as("who says yes is asked").isEqualTo(2);
        } finally {
            countries.remove("AT");
        }
    }

    private long mailsThatAsk(List<CustomerId> customers) {
        return jdbc.sql("""
                        select count(*) from messages m join consent_confirmations c on m.run_id = -c.id
                        where c.customer_id in (:customers)
                        """)
                .param("customers", customers.stream().map(CustomerId::value).toList())
                .query(Long.class)
                .single();
    }

    private Imports.Report run(String csv, Imports.Origin origin) throws IOException {
        return report(imports.start(
                write("pulled.csv", csv.getBytes(StandardCharsets.UTF_8)),
                "pulled.csv",
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()),
                false,
                false,
                origin,
                origin.id()));
    }

    @Test
    void rowsOfWhichEachTellsWhenStandInTheirTimeWhateverTheirOrder() throws Exception {
        var rows = "customer,city,time\nc-%1$s,New,2026-02-02T00:00:00Z\nc-%1$s,Old,2026-02-01T00:00:00Z\n"
                .formatted(mark);
        assertThat(run(rows).lines()).isEqualTo(2);
        assertThat(city("c-" + mark)).isEqualTo("New");
        assertThat(run(rows).alreadyThere()).isEqualTo(2);
        assertThat(run(rows + "c-%s,Older,2026-01-01T00:00:00Z\n".formatted(mark))
                        .lines())
                .isEqualTo(1);
        assertThat(city("c-" + mark)).isEqualTo("New");
    }

    @Test
    void everyRowThatDoesNotFitIsKeptWithItsNumberAndReason() throws Exception {
        var done = start(
                "faults.csv",
                """
                customer,email,city,created_at,consent.email,consent_source,consent_time
                ok-%1$s,,Rome,2025-01-01,yes,form,2025-01-01T00:00:00Z
                ,,Rome,,,,
                undefined,,Rome,,,,
                a-%1$s,,Rome,soon,,,
                b-%1$s,,Rome,2099-01-01,,,
                c-%1$s,,Rome,,perhaps,form,2025-01-01
                d-%1$s,,Rome,,yes,,2025-01-01
                e-%1$s,,Rome,,yes,form,
                f-%1$s,,Rome
                """.formatted(mark).getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()));
        var report = report(done);
        assertThat(report.lines()).isEqualTo(1);
        assertThat(imports.rejects(done.id(), 0, 50).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly(
                        "3 no_customer",
                        "4 no_identifier",
                        "5 bad_created_at",
                        "6 created_at_in_the_future",
                        "7 bad_consent",
                        "8 consent_without_source",
                        "9 consent_without_time",
                        "10 wrong_number_of_fields");
        var who = customer("ok-" + mark);
        assertThat(warehouse.first(
                        Sql.of(
                                "select valid_from, granted from consent_now where customer_id = ? and channel = 'email'",
                                who.value()),
                        row -> row.instant("valid_from") + " " + row.booleanValue("granted")))
                .as("the permission counts from when it was given")
                .hasValue("2025-01-01T00:00:00Z true");
        assertThatThrownBy(() -> start(
                        "unproved.csv",
                        "customer,consent.email\nc,yes\n".getBytes(StandardCharsets.UTF_8),
                        ImportMapping.of(ImportKind.CUSTOMERS, Map.of())))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.faults().stream().map(Problem.Fault::place))
                                .containsExactlyInAnyOrder("consent_source", "consent_time"));
    }

    @Test
    void aLineThatIsNoJsonAndACellThatIsNoTextAreFaultsOfTheirRowAlone() throws Exception {
        var text =
                "{\"customer\":\"j-%1$s\",\"address\":{\"town\":\"Rome\"},\"n\":1}\nnot json\n\n[1]\n{\"customer\":\"k-%1$s\"}\n"
                        .formatted(mark);
        var done = start(
                "lines.jsonl",
                text.getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of("city", "address.town")));
        assertThat(report(done).lines()).isEqualTo(2);
        assertThat(imports.rejects(done.id(), 0, 50).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly("2 not_readable", "4 not_readable");
        assertThat(city("j-" + mark)).isEqualTo("Rome");
    }

    @Test
    void textInAnotherEncodingThanTheseIsNotGuessedAt() {
        var german = "customer,city\nc-%s,München und Köln größer\n".formatted(mark);
        assertThatThrownBy(() -> start(
                        "latin.csv",
                        german.getBytes(Charset.forName("windows-1252")),
                        ImportMapping.of(ImportKind.CUSTOMERS, Map.of())))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("file_encoding"));
    }

    /** Two imports over what the customer said, taken back one after the other: each time that stands which would without it. */
    @Test
    void anUndoneImportLeavesWhatWouldStandWithoutIt() throws Exception {
        var who = customer("u-" + mark);
        run("customer,city,first_name,traits.level\nbase-%1$s,Rome,Base,1\n".formatted(mark));
        say(
                "u-" + mark,
                "2026-01-01T00:00:00Z",
                "\"city\":\"Rome\",\"firstName\":\"Ann\",\"consent\":{\"email\":false}");
        var before = all(who);
        var first = start(
                "first.csv",
                """
                customer,city,first_name,traits.level,time,consent.email,consent_source,consent_time
                u-%1$s,Paris,Anna,2,2026-02-01T00:00:00Z,yes,form,2026-02-01T00:00:00Z
                new-%1$s,Oslo,Nora,1,2026-02-01T00:00:00Z,yes,form,2026-02-01T00:00:00Z
                """.formatted(mark).getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()));
        report(first);
        var afterFirst = all(who);
        assertThat(afterFirst).contains("city=\"Paris\"", "firstName=Anna", "level=2", "email true");
        var second = start(
                "second.csv",
                "customer,city,first_name,time\nu-%1$s,Berlin,Annette,2026-02-10T00:00:00Z\n"
                        .formatted(mark)
                        .getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()));
        report(second);
        var afterSecond = all(who);
        assertThat(afterSecond).contains("city=\"Berlin\"", "firstName=Annette", "level=2");

        imports.undo(first.id());
        assertThat(all(who))
                .contains("city=\"Berlin\"", "firstName=Annette", "email false")
                .doesNotContain("level");
        assertThat(known("new-" + mark)).as("nobody else told of this one").isFalse();
        imports.undo(second.id());
        assertThat(all(who)).isEqualTo(before);
        assertThat(report(start(
                                "first.csv",
                                "customer,city\nnew-%s,Oslo\n".formatted(mark).getBytes(StandardCharsets.UTF_8),
                                ImportMapping.of(ImportKind.CUSTOMERS, Map.of())))
                        .lines())
                .as("and it can come again")
                .isEqualTo(1);
    }

    /** Where, to which version of the wording and with what proof: kept with the permission, the proof sealed, gone when undone. */
    @Test
    void aPermissionFromAFileNamesItsWordingAndHasItsProof() throws Exception {
        var done = start(
                "permissions.csv",
                """
                customer,consent.email,consent.sms,consent_source,consent_time,consent_wording,consent_proof
                proof-%1$s,yes,no,card desk,2025-05-01T10:00:00Z,member_card@2,form 4711 signed Zyxwproof
                bad-%1$s,yes,,card desk,2025-05-01T10:00:00Z,second edition,
                """.formatted(mark).getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()));
        report(done);
        tails.awaitAll(log.lastSeq());
        assertThat(imports.rejects(done.id(), 0, 50).items().stream().map(r -> r.rowNumber() + " " + r.reason()))
                .containsExactly("3 bad_wording");
        var who = customer("proof-" + mark);
        assertThat(consents.evidenceOf(who))
                .extracting(e -> e.channel() + " " + e.granted() + " " + e.wording() + " " + e.at() + " " + e.proof())
                .containsExactlyInAnyOrder(
                        "email true member_card@2 2025-05-01T10:00:00Z form 4711 signed Zyxwproof",
                        "sms false member_card@2 2025-05-01T10:00:00Z form 4711 signed Zyxwproof");
        assertThat(consents.evidenceOf(who)).allMatch(e -> e.source().endsWith(": card desk"));
        assertThat(consents.of(who)).allMatch(c -> "member_card@2".equals(c.wording()));
        assertThat(warehouse.query(
                        Sql.of(
                                "select channel || ' ' || wording as said from consent_now where customer_id = ? order by 1",
                                who.value()),
                        row -> row.text("said")))
                .containsExactly("email member_card@2", "sms member_card@2");
        assertThat(warehouse.query(
                        Sql.of(
                                "select properties from events where customer_id = ? and properties is not null",
                                who.value()),
                        row -> row.text("properties")))
                .noneMatch(properties -> properties.contains("Zyxwproof"));
        assertThat(profiles.personal(List.of(who), Set.of("consent.proof")))
                .as("what shows a consent is no trait")
                .allSatisfy((id, fields) -> assertThat(fields.values()).isEmpty());
        imports.undo(done.id());
        assertThat(consents.evidenceOf(who)).isEmpty();
    }

    /** What an undone file's yes took off the list of unsubscribers stands there again, unless another word took it off too. */
    @Test
    void anAddressThatAnUndoneFileTookOffTheListOfUnsubscribersStandsThereAgain(@Autowired Suppressions suppressions)
            throws Exception {
        // Once before, an entry of before was lifted: that took nothing off that came later.
        var before = "before-" + mark;
        var address = "\"email\":\"before.%s@lifted.example\",".formatted(mark);
        say(before, "2025-11-30T00:00:00Z", address + "\"consent\":{\"email\":false}");
        customer(before);
        suppressions.suppress(
                "email",
                listed(suppressions, "before"),
                Suppression.Reason.UNSUBSCRIBE,
                null,
                "an earlier link",
                Instant.parse("2025-12-01T00:00:00Z"));
        say(before, "2025-12-02T00:00:00Z", "\"consent\":{\"email\":true}");
        customer(before);
        assertThat(suppressions.find("email", listed(suppressions, "before"))).isEmpty();
        for (var user : List.of("file", "both", "anew", "before")) {
            say(
                    "%s-%s".formatted(user, mark),
                    "2026-01-01T00:00:00Z",
                    "\"email\":\"%s.%s@lifted.example\",\"consent\":{\"email\":false}".formatted(user, mark));
            customer("%s-%s".formatted(user, mark));
            suppressions.suppress(
                    "email",
                    listed(suppressions, user),
                    Suppression.Reason.UNSUBSCRIBE,
                    null,
                    "link",
                    Instant.parse("2026-01-02T00:00:00Z"));
        }
        var header = "customer,consent.email,consent_source,consent_time\n";
        var rows =
                "file-%1$s,%2$s,till,%3$s\nboth-%1$s,%2$s,till,%3$s\nanew-%1$s,%2$s,till,%3$s\nbefore-%1$s,%2$s,till,%3$s\n";
        var mapping = ImportMapping.of(ImportKind.CUSTOMERS, Map.of());
        var no = header + rows.formatted(mark, "no", "2026-01-03T00:00:00Z");
        report(start("no.csv", no.getBytes(StandardCharsets.UTF_8), mapping));
        tails.awaitAll(log.lastSeq());
        var yes = header + rows.formatted(mark, "yes", "2026-01-04T00:00:00Z");
        var lifting = start("yes.csv", yes.getBytes(StandardCharsets.UTF_8), mapping);
        report(lifting);
        tails.awaitAll(log.lastSeq());
        for (var user : List.of("file", "both", "anew", "before"))
            assertThat(suppressions.find("email", listed(suppressions, user)))
                    .as(user)
                    .isEmpty();

        say("both-" + mark, "2026-01-05T00:00:00Z", "\"consent\":{\"email\":true}");
        customer("both-" + mark);
        var again = Instant.parse("2026-01-06T00:00:00Z");
        suppressions.suppress(
                "email", listed(suppressions, "anew"), Suppression.Reason.UNSUBSCRIBE, null, "link again", again);
        imports.undo(lifting.id());

        for (var user : List.of("file", "before"))
            assertThat(suppressions.find("email", listed(suppressions, user)))
                    .as(user)
                    .extracting(s -> s.source() + " " + s.at())
                    .containsExactly("link 2026-01-02T00:00:00Z");
        assertThat(suppressions.find("email", listed(suppressions, "both")))
                .as("said by the customer since")
                .isEmpty();
        assertThat(suppressions.find("email", listed(suppressions, "anew")))
                .extracting(s -> s.source() + " " + s.at())
                .containsExactly("link again " + again);
    }

    private long listed(Suppressions suppressions, String user) {
        return suppressions.addressHash("email", "%s.%s@lifted.example".formatted(user, mark));
    }

    /** A user's id in clear is handed over by whoever names them first, and outlives that file while another names them. */
    @Test
    void whoIsNamedByAnotherStaysNamedWhenTheFirstFileIsUndone(@Autowired Profiles profiles) throws Exception {
        var mapping = ImportMapping.of(ImportKind.CUSTOMERS, Map.of());
        var users = List.of("live-" + mark, "filed-" + mark, "gone-" + mark);
        var first = start(
                "named.csv",
                ("customer,city\n" + String.join(",Rome\n", users) + ",Rome\n").getBytes(StandardCharsets.UTF_8),
                mapping);
        report(first);
        say(users.get(0), "2026-02-01T00:00:00Z", "\"level\":7");
        var second = start(
                "named again.csv",
                "customer,city\n%s,Oslo\n".formatted(users.get(1)).getBytes(StandardCharsets.UTF_8),
                mapping);
        report(second);
        var ids = users.stream().map(this::customer).toList();
        assertThat(profiles.userIds(ids).values()).containsExactlyInAnyOrderElementsOf(users);

        imports.undo(first.id());
        assertThat(profiles.userIds(ids).values()).containsExactlyInAnyOrder(users.get(0), users.get(1));
        imports.undo(second.id());
        assertThat(profiles.userIds(ids).values()).containsExactly(users.get(0));

        report(start(
                "corrected.csv",
                "customer,city\n%s,Ulm\n%s,Ulm\n"
                        .formatted(users.get(1), users.get(2))
                        .getBytes(StandardCharsets.UTF_8),
                mapping));
        tails.awaitAll(log.lastSeq());
        assertThat(profiles.userIds(ids).values()).containsExactlyInAnyOrderElementsOf(users);
    }

    /** A file of orders that were there already names their customers too. */
    @Test
    void whoseOrdersAnotherFileHasKeepsNameAndAddressWhenTheFirstFileIsUndone() throws Exception {
        var header = "order_id,time,customer,email,product_id,product_name,quantity,unit_price\n";
        var line = "%1$s-%2$s,2026-01-05T10:00:00Z,%3$s,%4$s,p1,Tea,2,2.50\n";
        var both = line.formatted("heir", mark, "heir-" + mark, "heir-%s@shop.example".formatted(mark))
                + line.formatted("other", mark, "other-" + mark, "other-%s@shop.example".formatted(mark));
        var first = start(
                "orders.csv",
                (header
                                + both
                                + line.formatted(
                                        "gone", mark, "parted-" + mark, "parted-%s@shop.example".formatted(mark)))
                        .getBytes(StandardCharsets.UTF_8),
                ImportMapping.NONE);
        report(first);
        var second = start(
                "orders again.csv",
                (header
                                + line.formatted("heir", mark, "heir-" + mark, "heir-%s@shop.example".formatted(mark))
                                + line.formatted("other", mark, "other-" + mark, "new-%s@shop.example".formatted(mark)))
                        .getBytes(StandardCharsets.UTF_8),
                ImportMapping.NONE);
        assertThat(report(second).alreadyThere()).isEqualTo(2);
        var heir = customer("heir-" + mark);
        var other = customer("other-" + mark);
        var gone = customer("parted-" + mark);

        imports.undo(first.id());
        assertThat(profiles.userIds(List.of(heir, other, gone)).values())
                .containsExactlyInAnyOrder("heir-" + mark, "other-" + mark);
        assertThat(personal(heir, "email")).containsEntry("email", "heir-%s@shop.example".formatted(mark));
        assertThat(personal(other, "email"))
                .as("an address the second file did not have")
                .isEmpty();
        assertThat(personal(gone, "email")).isEmpty();
        assertThat(warehouse.query(
                        Sql.of(
                                "select aliases from events where customer_id = ? and import_id = ?",
                                heir.value(),
                                second.id()),
                        row -> row.text("aliases")))
                .as("the line is told with whom it is about")
                .singleElement()
                .asString()
                .startsWith("user_id email:");
        imports.undo(second.id());
        assertThat(personal(heir, "email")).isEmpty();
        assertThat(profiles.userIds(List.of(heir, other)).values()).isEmpty();
    }

    /** A file was first with orders the shop told of as well: without the file, what the shop told is what stands. */
    @Test
    void ordersASourceToldOfBehindAFileCountWhenTheFileIsUndone(@Autowired List<ImportsUndone> undone)
            throws Exception {
        var header = "order_id,time,customer,product_id,product_name,quantity,unit_price\n";
        var line = "%1$s-%2$s,2026-01-05T10:00:00Z,behind-%2$s,p1,Tea,2,2.50\n";
        var file = header + line.formatted("told", mark) + line.formatted("back", mark) + line.formatted("only", mark);
        var first = start("orders.csv", file.getBytes(StandardCharsets.UTF_8), ImportMapping.NONE);
        report(first);
        for (int time = 0; time < 2; time++)
            for (var order : List.of("told", "back"))
                track(
                        "Order Completed",
                        "\"order_id\":\"%s-%s\",\"products\":[{\"product_id\":\"p2\",\"price\":9,\"quantity\":1}]"
                                .formatted(order, mark));
        track("Order Refunded", "\"order_id\":\"back-%s\",\"total\":4".formatted(mark));
        assertThat(net("told")).isEqualByComparingTo("5");
        assertThat(net("back")).isEqualByComparingTo("1");

        imports.undo(first.id());
        assertThat(net("told")).as("what the shop told of it, once").isEqualByComparingTo("9");
        assertThat(net("back")).as("less what the shop gave back").isEqualByComparingTo("5");
        assertThat(net("only")).as("nobody else told of it").isEqualByComparingTo("0");
        assertThat(remaining("back")).isEqualByComparingTo("5");
        // What is asked a second time, as after a crash, changes nothing.
        for (var one : undone) one.settle(List.of(first.id()));
        assertThat(net("told")).isEqualByComparingTo("9");
        assertThat(remaining("back")).isEqualByComparingTo("5");
        track("Order Cancelled", "\"order_id\":\"told-%s\"".formatted(mark));
        assertThat(net("told")).isEqualByComparingTo("0");
    }

    private BigDecimal net(String order) {
        return warehouse
                .first(
                        Sql.of(
                                "select coalesce(sum(net), 0) as net from orders_now where order_id = ?",
                                order + "-" + mark),
                        row -> row.decimal("net"))
                .orElseThrow();
    }

    private BigDecimal remaining(String order) {
        return jdbc.sql("select remaining from orders_placed where order_id = :id")
                .param("id", order + "-" + mark)
                .query(BigDecimal.class)
                .single();
    }

    private void track(String event, String properties) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/track"))
                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"userId\":\"behind-%s\",\"event\":\"%s\",\"properties\":{%s}}"
                                .formatted(mark, event, properties)))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        tails.awaitAll(log.lastSeq());
    }

    /** Whatever files were in between, what stands when one is undone is what would stand had it never come. */
    @Test
    void permissionsAfterAnUndoAreThoseOfTheFilesThatStand() throws Exception {
        var mapping = ImportMapping.of(ImportKind.CUSTOMERS, Map.of());
        var header = "customer,city,consent.email,consent_source,consent_time\n";
        for (var user : List.of("turned", "control")) {
            say("%s-%s".formatted(user, mark), "2026-01-01T00:00:00Z", "\"consent\":{\"email\":true}");
            say("%s-%s".formatted(user, mark), "2026-01-02T00:00:00Z", "\"consent\":{\"email\":false}");
        }
        var wrong = start("wrong words.csv", (header + """
                        turned-%1$s,Rome,no,form,2026-02-01T00:00:00Z
                        yes-%1$s,Rome,yes,form,2026-02-01T00:00:00Z
                        no-%1$s,Rome,no,form,2026-02-01T00:00:00Z
                        early-%1$s,Rome,no,form,2026-02-01T00:00:00Z
                        """.formatted(mark)).getBytes(StandardCharsets.UTF_8), mapping);
        report(wrong);
        tails.awaitAll(log.lastSeq());
        report(start("right words.csv", (header + """
                        turned-%1$s,Oslo,yes,form,2026-02-02T00:00:00Z
                        control-%1$s,Oslo,yes,form,2026-02-02T00:00:00Z
                        yes-%1$s,Oslo,yes,till,2026-02-02T00:00:00Z
                        no-%1$s,Oslo,no,till,2026-02-02T00:00:00Z
                        early-%1$s,Oslo,yes,till,2026-01-20T00:00:00Z
                        """.formatted(mark)).getBytes(StandardCharsets.UTF_8), mapping));
        tails.awaitAll(log.lastSeq());
        imports.undo(wrong.id());

        assertThat(granted("turned"))
                .as("a file's first yes outweighs no withdrawal")
                .isEqualTo(granted("control"));
        assertThat(granted("turned")).isFalse();
        assertThat(granted("yes")).isTrue();
        assertThat(granted("no")).isFalse();
        assertThat(granted("early")).isTrue();
        assertThat(consents.evidenceOf(customer("yes-" + mark)))
                .as("the proof is that of the file that stands")
                .singleElement()
                .satisfies(shown -> assertThat(shown.toString()).contains("till"));
    }

    private boolean granted(String user) {
        return consents.of(customer("%s-%s".formatted(user, mark))).stream()
                .filter(c -> c.channel().equals("email"))
                .findFirst()
                .orElseThrow()
                .granted();
    }

    /** The wrong file, taken back, leaves nothing in the way of the right one, be its times earlier. */
    @Test
    void aCorrectedFileIsHeardAsIfTheUndoneOneHadNeverBeen() throws Exception {
        var header = "customer,city,consent.email,consent_source,consent_time\n";
        var wrong = start(
                "wrong.csv",
                (header + """
                        same-%1$s,Rome,yes,form,2026-02-05T00:00:00Z
                        other-%1$s,Rome,yes,form,2026-02-05T00:00:00Z
                        """.formatted(mark)).getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()));
        report(wrong);
        tails.awaitAll(log.lastSeq());
        imports.undo(wrong.id());
        assertThat(consents.of(customer("same-" + mark))).isEmpty();
        report(start(
                "right.csv",
                (header + """
                        same-%1$s,Oslo,yes,form,2026-02-01T00:00:00Z
                        other-%1$s,Oslo,no,form,2026-02-01T00:00:00Z
                        """.formatted(mark)).getBytes(StandardCharsets.UTF_8),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of())));
        tails.awaitAll(log.lastSeq());
        assertThat(consents.of(customer("same-" + mark)))
                .singleElement()
                .satisfies(c -> assertThat(c.granted()).isTrue());
        assertThat(consents.of(customer("other-" + mark)))
                .singleElement()
                .satisfies(c -> assertThat(c.granted()).isFalse());
        // As a first statement: what the customer takes back afterwards is not undone by its repetition.
        assertThat(jdbc.sql("select weight from consent_sayings where identity_id = :id")
                        .param("id", customer("same-" + mark).value())
                        .query(String.class)
                        .list())
                .containsExactly("plain");
    }

    @Test
    void anImportOnWhoseRowsALaterOneReliesIsNotUndoneBeforeThatOne() throws Exception {
        var text = "customer,city\nr-%s,Rome\n".formatted(mark).getBytes(StandardCharsets.UTF_8);
        var mapping = ImportMapping.of(ImportKind.CUSTOMERS, Map.of());
        var first = start("first.csv", text, mapping);
        report(first);
        var second = start("again.csv", text, mapping);
        assertThat(report(second).alreadyThere()).isEqualTo(1);
        assertThatThrownBy(() -> imports.undo(first.id()))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo("import_relied_on"));
        imports.undo(second.id());
        assertThat(city("r-" + mark)).isEqualTo("Rome");
        imports.undo(first.id());
        assertThat(known("r-" + mark)).isFalse();
    }

    /** Traits, personal fields and permissions as both stores have them. */
    private String all(CustomerId who) {
        tails.awaitAll(log.lastSeq());
        var told = new java.util.TreeSet<String>();
        profiles.traits(List.of(who))
                .getOrDefault(who, Map.of())
                .forEach((name, value) -> told.add(name + "=" + value));
        profiles.personal(List.of(who), Set.of("firstName", "email"))
                .forEach((id, fields) -> fields.values().forEach((name, value) -> told.add(name + "=" + value)));
        warehouse.stream(
                Sql.of("select trait, value from traits_now where customer_id = ?", who.value()),
                row -> told.add("history " + row.text("trait") + "=" + row.text("value")));
        jdbc.sql("select channel, granted from consents where customer_id = :id")
                .param("id", who.value())
                .query(row -> {
                    told.add(row.getString("channel") + " " + row.getBoolean("granted"));
                });
        return String.join("\n", told);
    }

    private void say(String userId, String at, String traits) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/identify"))
                .header("X-Write-Key", RekindleTest.WRITE_KEY)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"userId\":\"%s\",\"timestamp\":\"%s\",\"traits\":{%s}}".formatted(userId, at, traits)))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    /** FEBRL 3: 2,000 people in 5,000 records, with typed-in errors; some birthdays are no day. */
    @Test
    void theFebrlFileComesInAsItIs() throws Exception {
        var file = Path.of(System.getProperty("rekindle.root", "..")).resolve("../shared/data/febrl/dataset3.csv");
        assumeTrue(Files.exists(file), "the FEBRL data is not on this machine");
        var upload = uploads.take(Files.newInputStream(file), "dataset3.csv", null);
        assertThat(upload.kind()).isEqualTo(ImportKind.CUSTOMERS);
        assertThat(upload.fields().keySet())
                .containsExactlyInAnyOrder(
                        "customer",
                        "first_name",
                        "last_name",
                        "house_number",
                        "street",
                        "street_2",
                        "suburb",
                        "postcode",
                        "state",
                        "birthday",
                        "social_security");
        var report = report(uploads.start(upload.id(), ImportMapping.of(upload.kind(), upload.fields()), false));
        assertThat(report.lines()).isEqualTo(5_000);
        assertThat(report.customers()).isEqualTo(5_000);
        var who = customer("rec-1496-org");
        assertThat(personal(
                        who,
                        "firstName",
                        "lastName",
                        "birthday",
                        "ssn",
                        "street",
                        "streetNumber",
                        "suburb",
                        "postalCode"))
                .isEqualTo(Map.of(
                        "firstName", "mitchell",
                        "lastName", "green",
                        "birthday", "1956-04-09",
                        "ssn", "1804974",
                        "street", "wallaby place",
                        "streetNumber", "7",
                        "suburb", "cleveland",
                        "postalCode", "2119"));
        assertThat(EverythingStored.inTheWarehouse(warehouse))
                .as("no personal data in clear")
                .doesNotContain("wallaby place", "pridhamstreet")
                // Ids are long numbers, and among thousands some have these digits within.
                .doesNotContainPattern("(?<!\\d)1804974(?!\\d)");
    }

    private Imports.Report run(String csv) throws IOException {
        return run(
                write("file.csv", csv.getBytes(StandardCharsets.UTF_8)),
                ImportMapping.of(ImportKind.CUSTOMERS, Map.of()),
                false);
    }

    private Imports.Report run(Path file, ImportMapping mapping, boolean dryRun) {
        return report(imports.start(file, String.valueOf(file.getFileName()), mapping, dryRun, false));
    }

    private Imports.Import start(String name, byte[] content, ImportMapping mapping) throws IOException {
        return imports.start(write(name, content), name, mapping, false, false);
    }

    private Imports.Report report(Imports.Import started) {
        var done = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> imports.get(started.id()), one -> one.state() != Imports.State.RUNNING);
        assertThat(done.state()).as("%s", done.failure()).isEqualTo(Imports.State.DONE);
        var report = done.report();
        assertThat(report).isNotNull();
        return java.util.Objects.requireNonNull(report);
    }

    private CustomerId customer(String userId) {
        tails.awaitAll(log.lastSeq());
        return identifiers.of(Identifier.Type.USER_ID, userId).orElseThrow().id();
    }

    private Map<String, String> personal(CustomerId who, String... fields) {
        return profiles.personal(List.of(who), Set.of(fields))
                .getOrDefault(who, PersonalFields.NONE)
                .values();
    }

    private boolean known(String userId) {
        return profiles.exists(customer(userId));
    }

    private String city(String userId) {
        var who = customer(userId);
        var city = profiles.traits(List.of(who)).getOrDefault(who, Map.of()).get("city");
        return city == null ? "" : city.asString();
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static String csv(List<String> header, List<List<String>> rows) {
        var text = new StringBuilder(String.join(",", header)).append('\n');
        rows.forEach(row -> text.append(String.join(",", row)).append('\n'));
        return text.toString();
    }

    private static String lines(List<String> header, List<List<String>> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            text.append('{');
            for (int i = 0; i < header.size(); i++)
                text.append(i == 0 ? "" : ",")
                        .append('"')
                        .append(header.get(i))
                        .append("\":")
                        .append(i == 6 ? row.get(i) : "\"" + row.get(i) + "\"");
            text.append("}\n");
        }
        return text.toString();
    }

    private static byte[] zipped(byte[] content) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** With an empty line above the names, birthdays as dates and points as numbers, as people keep them. */
    private static byte[] workbook(List<String> header, List<List<String>> rows) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var book = new Workbook(bytes, "test", "1.0")) {
            var sheet = book.newWorksheet("客户");
            for (int c = 0; c < header.size(); c++) sheet.value(1, c, header.get(c));
            for (int r = 0; r < rows.size(); r++)
                for (int c = 0; c < header.size(); c++) {
                    var value = rows.get(r).get(c);
                    if (c == 3) {
                        sheet.value(r + 2, c, LocalDate.parse(value));
                        sheet.style(r + 2, c).format("yyyy/m/d").set();
                    } else if (c == 6) sheet.value(r + 2, c, new java.math.BigDecimal(value));
                    else if (!value.isEmpty()) sheet.value(r + 2, c, value);
                }
        }
        return bytes.toByteArray();
    }

    private Path parquet(List<String> header, List<List<String>> rows) throws Exception {
        var file = folder.resolve("rows.parquet");
        var csv = write("for-parquet.csv", csv(header, rows).getBytes(StandardCharsets.UTF_8));
        try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
                var statement = duckdb.createStatement()) {
            statement.execute("copy (select * from read_csv('%s', all_varchar = true)) to '%s' (format parquet)"
                    .formatted(csv, file));
        }
        return file;
    }
}
