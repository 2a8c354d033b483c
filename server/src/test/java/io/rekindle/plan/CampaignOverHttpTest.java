package io.rekindle.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.access.ApiKeys;
import io.rekindle.access.AuditTrail;
import io.rekindle.access.Role;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Permissions;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From objective to approval over HTTP, on the real stores and the real segments. */
@RekindleTest
class CampaignOverHttpTest {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final int port;
    private final Warehouse warehouse;
    private final ApiKeys keys;
    private final JdbcClient jdbc;

    CampaignOverHttpTest(
            @LocalServerPort int port,
            @Autowired Warehouse warehouse,
            @Autowired ApiKeys keys,
            @Autowired JdbcClient jdbc) {
        this.port = port;
        this.warehouse = warehouse;
        this.keys = keys;
        this.jdbc = jdbc;
    }

    @Test
    void anObjectiveThatIsNotSmartIsRefusedWithEverythingThatIsMissing() throws Exception {
        var answer = send("POST", "/api/objectives", "{\"name\":\"More\",\"kind\":\"grow\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().get("code").stringValue()).isEqualTo("objective_not_smart");
        assertThat(answer.body().get("errors").findValuesAsString("place"))
                .containsExactlyInAnyOrder("metric", "unit", "windowDays", "target", "deadline");
    }

    /** 40 customers ordered 100 days ago, 10 of them again 10 days ago: of those who had ordered, a quarter came back. */
    @Test
    void anObjectivesBaselineIsMeasuredFromTheHistory() throws Exception {
        ordersOf(900_000_000L, 40, 10);
        long segment = segmentOf(900_000_000L);
        var made = send(
                "POST",
                "/api/objectives",
                "{\"name\":\"Back\",\"kind\":\"retain\",\"metric\":\"repurchase_rate\",\"unit\":\"points\",\"windowDays\":30,\"target\":0.05,\"deadline\":\"2026-06-30\",\"segmentId\":%d}"
                        .formatted(segment));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().get("baselineCustomers").longValue()).isEqualTo(40);
        assertThat(made.body().get("baseline").doubleValue()).isEqualTo(0.25);
        assertThat(made.body().get("progress").doubleValue()).isEqualTo(0);
    }

    @Test
    void aTemplatesFaultsAreToldWithTheirLines() throws Exception {
        var answer = send(
                "POST",
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"Hi\",\"html\":\"a\\n{% include 'x' %}\",\"text\":\"{{ a\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().get("errors").findValuesAsString("place"))
                .containsExactlyInAnyOrder("html line 2", "text line 1");
    }

    @Test
    void aTemplateOfShortMessagesIsATextAndMakesItsCampaignOne() throws Exception {
        var faulty = send(
                "POST",
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"sms\",\"subject\":\"Hi\",\"html\":\"<b>x</b>\",\"text\":\" \"}");
        assertThat(faulty.status()).isEqualTo(422);
        assertThat(faulty.body().get("errors").findValuesAsString("code"))
                .containsExactlyInAnyOrder("template_part", "template_part", "message_text_missing");
        var unknown = send("POST", "/api/templates", "{\"name\":\"t\",\"channel\":\"fax\",\"text\":\"x\"}");
        assertThat(unknown.body().get("errors").findValuesAsString("code")).contains("template_channel");

        var made = send(
                "POST",
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"sms\",\"text\":\"Hi {{ customer.first_name }}\"}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().get("channel").stringValue()).isEqualTo("sms");
        assertThat(made.body().path("html").isNull()).isTrue();
        long template = made.body().get("id").longValue();
        var moved = send(
                "PUT",
                "/api/templates/" + template,
                "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"Hi\",\"html\":\"x\",\"text\":\"x\"}");
        assertThat(moved.status()).isEqualTo(422);
        assertThat(moved.body().get("errors").findValuesAsString("code")).contains("template_channel_stays");
        var shown = preview(template, null);
        assertThat(shown.body().at("/errors/0/place").stringValue()).isEqualTo("text line 1");

        ordersOf(961_000_000L, 5, 1);
        long segment = segmentOf(961_000_000L);
        var objective = send("POST", "/api/objectives", objective(segment, "Back by short message"));
        var campaign = send(
                "POST",
                "/api/campaigns",
                "{\"name\":\"c\",\"objectiveId\":%d,\"segmentId\":%d,\"templateId\":%d,\"holdoutShare\":0.2,\"sendWindow\":{\"from\":\"09:00\",\"to\":\"20:00\"},\"attributionDays\":14,\"messageCost\":0.05}"
                        .formatted(objective.body().get("id").longValue(), segment, template));
        assertThat(campaign.status()).as(campaign.body().toString()).isEqualTo(201);
        assertThat(campaign.body().get("channel").stringValue()).isEqualTo("sms");
        var submitted = send(
                "POST",
                "/api/campaigns/%d/submit".formatted(campaign.body().get("id").longValue()),
                "");
        assertThat(submitted.status()).as("messages nobody takes").isEqualTo(422);
        assertThat(submitted.body().get("code").stringValue()).isEqualTo("campaign_not_carried");
    }

    @Test
    void aPreviewNamesEveryMissingValue() throws Exception {
        long template = template("{{ customer.first_name }}");
        var answer = preview(template, null);
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().get("code").stringValue()).isEqualTo("template_missing_value");
        assertThat(answer.body().at("/errors/0/message").stringValue()).isEqualTo("customer.first_name");
        var nobody = send("POST", "/api/templates/%d/preview".formatted(template), "{\"customerId\":\"12345\"}");
        assertThat(nobody.status()).isEqualTo(404);
        assertThat(nobody.body().get("code").stringValue()).isEqualTo("customer_not_found");
    }

    @Test
    void aPreviewBorrowsNoOffer() throws Exception {
        long offer = offer("10");
        long template = template("x\\n{{ offer.code }} {{ offer.value }}\\n<b>{{ offer.code }}</b>");
        ordersOf(960_000_000L, 5, 1);
        campaign(segmentOf(960_000_000L), 0.2, offer, "x");
        var without = preview(template, null);
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.body().get("code").stringValue()).isEqualTo("template_missing_value");
        assertThat(without.body().get("errors").findValuesAsString("place"))
                .containsExactly("html line 2", "html line 2");
        assertThat(without.body().get("errors").findValuesAsString("message"))
                .containsExactly("offer.code", "offer.value");
        var with = preview(template, offer);
        assertThat(with.status()).as(with.body().toString()).isEqualTo(200);
        assertThat(with.body().get("html").stringValue()).isEqualTo("x\nPREVIEW 10\n<b>PREVIEW</b>");
        assertThat(preview(template, 999_999L).body().get("code").stringValue()).isEqualTo("offer_not_found");
    }

    @Test
    void aCampaignWhoseTemplateNeedsAnOfferIsNotSubmittedWithoutOne() throws Exception {
        ordersOf(970_000_000L, 5, 1);
        long segment = segmentOf(970_000_000L);
        long without = campaign(segment, 0.2, null, "x\\n{{ offer.code }}");
        var refused = send("POST", "/api/campaigns/%d/submit".formatted(without), "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().get("code").stringValue()).isEqualTo("campaign_needs_offer");
        assertThat(refused.body().get("detail").stringValue()).contains("needs one: offer.code in html line 2;");
        assertThat(refused.body().at("/errors/0/place").stringValue()).isEqualTo("html line 2");
        assertThat(send("GET", "/api/campaigns/" + without, "")
                        .body()
                        .get("state")
                        .stringValue())
                .isEqualTo("draft");
        long with = campaign(segment, 0.2, offer("10"), "x\\n{{ offer.code }}");
        long either = campaign(segment, 0.2, null, "{% if offer %}{{ offer.code }}{% endif %}");
        for (long campaign : List.of(with, either))
            assertThat(send("POST", "/api/campaigns/%d/submit".formatted(campaign), "")
                            .status())
                    .isEqualTo(200);
    }

    private Answer preview(long template, @Nullable Long offer) throws Exception {
        jdbc.sql("""
                        insert into customers (customer_id, first_seen, last_seen, known)
                        values (980000000, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true) on conflict do nothing
                        """).update();
        return send(
                "POST",
                "/api/templates/%d/preview".formatted(template),
                "{\"customerId\":\"980000000\",\"offerId\":%s}".formatted(offer));
    }

    @Test
    void aCampaignWithoutAHoldoutIsNotApprovedAndOneWithItKeepsItsForecast() throws Exception {
        ordersOf(910_000_000L, 30, 5);
        long segment = segmentOf(910_000_000L);
        long campaign = campaign(segment, 0);
        assertThat(send("POST", "/api/campaigns/%d/submit".formatted(campaign), "")
                        .body()
                        .get("state")
                        .stringValue())
                .isEqualTo("in_review");
        var refused = send("POST", "/api/campaigns/%d/approve".formatted(campaign), "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().get("detail").stringValue())
                .isEqualTo("campaign %d cannot be approved: no hold-out; set one between 1 %% and 50 %%"
                        .formatted(campaign));

        long good = campaign(segment, 0.2);
        var forecast = send("POST", "/api/campaigns/%d/forecast".formatted(good), "");
        assertThat(forecast.status()).as(forecast.body().toString()).isEqualTo(200);
        assertThat(forecast.body().get("audience").longValue()).isEqualTo(30);
        // Nobody of them was ever asked for permission.
        assertThat(forecast.body().at("/reasons/0/reason").stringValue()).isEqualTo("no_consent");
        assertThat(forecast.body().at("/reasons/0/count").longValue()).isEqualTo(30);
        send("POST", "/api/campaigns/%d/submit".formatted(good), "");
        var approved = send("POST", "/api/campaigns/%d/approve".formatted(good), "");
        assertThat(approved.status()).as(approved.body().toString()).isEqualTo(200);
        assertThat(approved.body().get("state").stringValue()).isEqualTo("approved");
        assertThat(approved.body().at("/forecast/audience").longValue()).isEqualTo(30);
        assertThat(approved.body().at("/sendWindow/from").stringValue()).isEqualTo("09:00");
        var again = send("POST", "/api/campaigns/%d/approve".formatted(good), "");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().get("code").stringValue()).isEqualTo("campaign_in_wrong_state");
        assertThat(send("POST", "/api/campaigns/%d/cancel".formatted(good), "")
                        .body()
                        .get("state")
                        .stringValue())
                .isEqualTo("cancelled");
    }

    @Test
    void aCampaignInReviewIsMadeADraftAgainAndThenItsOfferCanBeChanged() throws Exception {
        ordersOf(992_000_000L, 5, 0);
        long offer = offer("10");
        long campaign = campaign(segmentOf(992_000_000L), 0.2, offer, "x");
        var tooEarly = send("POST", "/api/campaigns/%d/reopen".formatted(campaign), "");
        assertThat(tooEarly.status()).isEqualTo(409);
        assertThat(tooEarly.body().get("code").stringValue()).isEqualTo("campaign_in_wrong_state");
        send("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        var larger = offerDraft("20");
        assertThat(send("PUT", "/api/offers/%d".formatted(offer), larger)
                        .body()
                        .get("code")
                        .stringValue())
                .isEqualTo("offer_in_use");
        var draft = send("POST", "/api/campaigns/%d/reopen".formatted(campaign), "");
        assertThat(draft.status()).as(draft.body().toString()).isEqualTo(200);
        assertThat(draft.body().get("state").stringValue()).isEqualTo("draft");
        assertThat(draft.body().get("segmentVersion").isNull()).isTrue();
        var changed = send("PUT", "/api/offers/%d".formatted(offer), larger);
        assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
        assertThat(send("GET", "/api/audit?limit=100", "").body().toString()).contains("campaign.reopened");
        assertThat(send("POST", "/api/campaigns/%d/submit".formatted(campaign), "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void withFourEyesNobodyWhoWroteItApprovesAndNoRoleThatDid(
            @Autowired AuditTrail audit,
            @Autowired BusinessClock clock,
            @Autowired Objectives objectives,
            @Autowired Offers offers,
            @Autowired Templates templates,
            @Autowired Audiences audiences,
            @Autowired Commitments commitments,
            @Autowired Permissions permissions,
            @Autowired io.rekindle.consent.Topics topics,
            @Autowired ObjectProvider<Launches> launches,
            @Autowired CarriedChannels carried,
            @Autowired JsonMapper mapper)
            throws Exception {
        ordersOf(920_000_000L, 5, 1);
        long segment = segmentOf(920_000_000L);
        var strict = new Campaigns(
                jdbc,
                audit,
                clock,
                new PlanSettings(true, "http://127.0.0.1/", Duration.ofDays(1)),
                objectives,
                offers,
                templates,
                audiences,
                commitments,
                permissions,
                topics,
                launches,
                carried,
                mapper);
        long ofAdmin = campaign(segment, 0.2);
        var objective = strict.get(ofAdmin).objectiveId();
        var template = strict.get(ofAdmin).templateId();
        var draft = new Campaigns.Draft(
                "Own", objective, segment, template, null, 0.2, null, 14, BigDecimal.ZERO, null, null);

        // Another key of the author's role is the same eyes.
        as("key:first admin", Role.ADMIN, () -> strict.submit(ofAdmin));
        refused("second_role_needed", "key:second admin", () -> strict.approve(ofAdmin), Role.ADMIN);
        as("key:approver", Role.APPROVER, () -> strict.approve(ofAdmin));
        assertThat(strict.get(ofAdmin).state()).isEqualTo(CampaignState.APPROVED);
        as("key:approver", Role.APPROVER, () -> strict.cancel(ofAdmin));

        // Who changes another's campaign has written it too, whatever roles come along.
        long edited =
                as("key:planner", Role.PLANNER, () -> strict.create(draft)).id();
        as("key:both", List.of(Role.PLANNER, Role.APPROVER), () -> strict.update(edited, draft));
        as("key:planner", Role.PLANNER, () -> strict.submit(edited));
        refused("second_person_needed", "key:both", () -> strict.approve(edited), Role.PLANNER, Role.APPROVER);
        refused("second_role_needed", "key:approver", () -> strict.approve(edited), Role.APPROVER);
        assertThat(as("key:admin", Role.ADMIN, () -> strict.approve(edited)).state())
                .isEqualTo(CampaignState.APPROVED);
        as("key:admin", Role.ADMIN, () -> strict.cancel(edited));

        // A role taken away since still counts for what was written with it.
        long demoted =
                as("key:moved", Role.APPROVER, () -> strict.create(draft)).id();
        as("key:moved", Role.PLANNER, () -> strict.submit(demoted));
        refused("second_role_needed", "key:approver", () -> strict.approve(demoted), Role.APPROVER);
    }

    private static void refused(String code, String name, ThrowingCallable approve, Role... roles) {
        as(name, List.of(roles), () -> {
            assertThatThrownBy(approve)
                    .isInstanceOfSatisfying(
                            Problem.class, p -> assertThat(p.code()).isEqualTo(code));
            return code;
        });
    }

    private static <T> T as(String name, Role role, Supplier<T> act) {
        return as(name, List.of(role), act);
    }

    private static <T> T as(String name, List<Role> roles, Supplier<T> act) {
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new UsernamePasswordAuthenticationToken(
                name,
                null,
                roles.stream()
                        .map(role -> new SimpleGrantedAuthority("ROLE_" + role.name()))
                        .toList()));
        SecurityContextHolder.setContext(context);
        try {
            return act.get();
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    @Test
    void theObjectiveOfAnApprovedCampaignChangesNothingButItsName() throws Exception {
        ordersOf(930_000_000L, 30, 5);
        long segment = segmentOf(930_000_000L);
        long campaign = campaign(segment, 0.2);
        long objective = send("GET", "/api/campaigns/" + campaign, "")
                .body()
                .get("objectiveId")
                .longValue();
        var before = send("GET", "/api/objectives/" + objective, "").body();
        send("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        send("POST", "/api/campaigns/%d/approve".formatted(campaign), "");

        var refused = send(
                "PUT",
                "/api/objectives/" + objective,
                objective(segment, "Back").replace("repurchase_rate", "revenue_per_customer"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").stringValue()).isEqualTo("objective_in_use");
        assertThat(refused.body().get("detail").stringValue())
                .startsWith(
                        "objective %d stands under campaign %d 'Come back' (approved), so its metric cannot be changed"
                                .formatted(objective, campaign));
        assertThat(refused.body().at("/errors/0/place").stringValue()).isEqualTo("metric");
        // Another 20 of the segment's customers come back: a baseline measured anew would tell.
        ordersOf(930_000_000L + 100_000, 10, 10);
        var renamed = send("PUT", "/api/objectives/" + objective, objective(segment, "Back again"));
        assertThat(renamed.status()).as(renamed.body().toString()).isEqualTo(200);
        assertThat(renamed.body().get("name").stringValue()).isEqualTo("Back again");
        assertThat(renamed.body().get("baseline")).isEqualTo(before.get("baseline"));
        assertThat(renamed.body().get("baselineCustomers")).isEqualTo(before.get("baselineCustomers"));
        assertThat(audited("objective.changed", "objective " + objective)).isEqualTo("'Back': name Back → Back again");
        assertThat(send("GET", "/api/campaigns/" + campaign, "")
                        .body()
                        .at("/objective/metric")
                        .stringValue())
                .isEqualTo("repurchase_rate");

        send("POST", "/api/campaigns/%d/cancel".formatted(campaign), "");
        var freed = send(
                "PUT",
                "/api/objectives/" + objective,
                objective(segment, "Back").replace("0.05", "0.1"));
        assertThat(freed.status()).as(freed.body().toString()).isEqualTo(200);
        assertThat(audited("objective.changed", "objective " + objective))
                .isEqualTo("'Back again': target 0.05 → 0.1, name Back again → Back");
    }

    @Test
    void theOfferOfASubmittedCampaignStaysWhatItIs() throws Exception {
        ordersOf(940_000_000L, 5, 1);
        long offer = offer("10");
        long campaign = campaign(segmentOf(940_000_000L), 0.2, offer, "x");
        assertThat(send("PUT", "/api/offers/" + offer, offerDraft("12")).status())
                .isEqualTo(200);
        assertThat(audited("offer.changed", "offer " + offer)).isEqualTo("'Ten': value 10 → 12");
        send("POST", "/api/campaigns/%d/submit".formatted(campaign), "");

        var refused = send("PUT", "/api/offers/" + offer, offerDraft("100").replace("2027-01-31", "2026-11-30"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().get("code").stringValue()).isEqualTo("offer_in_use");
        assertThat(refused.body().get("errors").findValuesAsString("place")).containsExactly("value", "expiresAt");
        assertThat(send("GET", "/api/offers/" + offer, "").body().get("value").intValue())
                .isEqualTo(12);
        assertThat(send("PUT", "/api/offers/" + offer, offerDraft("12")).status())
                .isEqualTo(200);
        assertThat(send("POST", "/api/offers/%d/codes".formatted(offer), "{\"generate\":3}")
                        .body()
                        .at("/codes/total")
                        .longValue())
                .isEqualTo(3);
    }

    /**
     * Twenty customers who may be written to, one in five of them held out: a campaign of 16 messages. Of 20 codes only
     * one of two such campaigns can be approved, however close together they are asked for.
     */
    @Test
    void codesPromisedToOneCampaignAreNotPromisedToAnother(@Autowired Coupons coupons) throws Exception {
        ordersOf(955_000_000L, 20, 0);
        reachable(955_000_000L, 20);
        long segment = segmentOf(955_000_000L);
        long offer = offer("10");
        send("POST", "/api/offers/%d/codes".formatted(offer), "{\"generate\":20}");
        var campaigns = new ArrayList<Long>();
        for (int n = 0; n < 3; n++) {
            campaigns.add(campaign(segment, 0.2, offer, "x"));
            send("POST", "/api/campaigns/%d/submit".formatted(campaigns.get(n)), "");
        }
        record Approval(long campaign, Answer answer) {}
        var approvals = new ArrayList<Approval>();
        try (var approvers = Executors.newFixedThreadPool(3)) {
            var asked = campaigns.stream()
                    .<Callable<Approval>>map(campaign -> () ->
                            new Approval(campaign, send("POST", "/api/campaigns/%d/approve".formatted(campaign), "")))
                    .toList();
            for (var answer : approvers.invokeAll(asked)) approvals.add(answer.get());
        }
        var approved = approvals.stream()
                .filter(approval -> approval.answer().status() == 200)
                .toList();
        assertThat(approved).as(approvals.toString()).hasSize(1);
        long first = approved.getFirst().campaign();
        assertThat(approved.getFirst().answer().body().at("/forecast/toSend").longValue())
                .isEqualTo(16);
        var refused = approvals.stream()
                .filter(approval -> approval.campaign() != first)
                .toList();
        for (var approval : refused) {
            var answer = approval.answer();
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.body().at("/errors/0/code").stringValue()).isEqualTo("codes_promised");
            assertThat(answer.body().at("/errors/0/message").stringValue())
                    .isEqualTo(
                            "of the 20 codes offer %d has left, 16 are promised to campaign %d 'Come back' (approved): too few for 16 messages; add codes"
                                    .formatted(offer, first));
        }
        assertThat(send("GET", "/api/offers/" + offer, "")
                        .body()
                        .at("/codes/promised")
                        .longValue())
                .isEqualTo(16);

        // What it has given out itself is not promised twice; what it gives back is promised again.
        jdbc.sql("update campaigns set state = 'running' where id = :id")
                .param("id", first)
                .update();
        for (int n = 0; n < 3; n++)
            assertThat(coupons.take(offer, first, 955_000_000_000L + n, new CustomerId(955_000_000L + n)))
                    .isInstanceOf(CouponCode.Given.class);
        coupons.release(955_000_000_000L);
        var codes = send("GET", "/api/offers/" + offer, "").body().get("codes");
        assertThat(codes.get("assigned").longValue()).isEqualTo(2);
        assertThat(codes.get("promised").longValue()).isEqualTo(14);
        jdbc.sql("update campaigns set state = 'approved' where id = :id")
                .param("id", first)
                .update();

        send("POST", "/api/campaigns/%d/cancel".formatted(first), "");
        long second = refused.getFirst().campaign();
        var freed = send("POST", "/api/campaigns/%d/approve".formatted(second), "");
        assertThat(freed.status()).as(freed.body().toString()).isEqualTo(200);
        send("POST", "/api/campaigns/%d/cancel".formatted(second), "");
    }

    /** Twenty customers, one in five held out: 16 messages at 6 each are 96, and 60 pays for ten codes. */
    @Test
    void whatTheCodesMayCostStandsInTheForecastAndABudgetThatIsTooSmallIsNotApproved() throws Exception {
        ordersOf(991_000_000L, 20, 0);
        reachable(991_000_000L, 20);
        long segment = segmentOf(991_000_000L);
        var made = send(
                "POST",
                "/api/offers",
                "{\"name\":\"Five off\",\"kind\":\"amount\",\"value\":5,\"costPerUse\":1,\"budget\":60,\"expiresAt\":\"2030-01-01T00:00:00Z\"}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().at("/codes/affordable").longValue()).isEqualTo(10);
        long offer = made.body().get("id").longValue();
        send("POST", "/api/offers/%d/codes".formatted(offer), "{\"generate\":20}");
        long campaign = campaign(segment, 0.2, offer, "x");
        var forecast = send("POST", "/api/campaigns/%d/forecast".formatted(campaign), "")
                .body();
        assertThat(forecast.at("/promised/cost").decimalValue()).isEqualByComparingTo("96");
        assertThat(forecast.at("/promised/budgetLeft").decimalValue()).isEqualByComparingTo("60");
        send("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        var refused = send("POST", "/api/campaigns/%d/approve".formatted(campaign), "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().at("/errors/0/code").stringValue()).isEqualTo("offer_budget_too_small");
        assertThat(refused.body().at("/errors/0/message").stringValue())
                .isEqualTo(
                        "the budget 60 of offer %d pays for 10 codes, of which 0 are given out and 0 promised: too few for 16 messages; take a larger budget or write to fewer"
                                .formatted(offer));
    }

    /**
     * What is told is held against what the result will do: arms drawn from the same past, one of them with the difference
     * added, and Welch's test on each of two thousand such campaigns finds it in four of five.
     */
    @Test
    void theForecastOfARevenueObjectiveTellsTheDifferenceFoundInFourOfFiveCampaigns() throws Exception {
        var random = new Random(11);
        var spent = new double[600];
        for (int i = 0; i < spent.length; i++)
            if (random.nextDouble() < 0.3)
                spent[i] = Math.round(100 * Math.exp(3.5 + 0.6 * random.nextGaussian())) / 100.0;
        ordersOf(956_000_000L, spent.length, 0);
        reachable(956_000_000L, spent.length);
        warehouse.append("orders", "plan-test:spent", Rows.written(rows -> {
            for (int i = 0; i < spent.length; i++)
                if (spent[i] > 0)
                    rows.value("plan-spent-" + i)
                            .value(956_000_000L + i)
                            .value(Instant.parse("2026-02-20T09:00:00Z"))
                            .value("EUR")
                            .value(BigDecimal.valueOf(spent[i]))
                            .value(BigDecimal.ZERO)
                            .missing()
                            .value(1)
                            .missing()
                            .value(1L)
                            .end();
        }));
        long segment = segmentOf(956_000_000L);
        long campaign = campaign(segment, 0.4);
        assertThat(forecastOf(campaign).at("/power/revenue").isNull()).isTrue();
        aimAtRevenue(campaign, segment);

        var power = forecastOf(campaign).get("power");
        assertThat(power.get("sampleTreatment").longValue()).isEqualTo(360);
        assertThat(power.get("sampleHoldout").longValue()).isEqualTo(240);
        assertThat(power.at("/revenue/baseline").doubleValue())
                .isCloseTo(Arrays.stream(spent).average().orElseThrow(), within(1e-9));
        double told = power.at("/revenue/minimumDetectableDifference").doubleValue();
        assertThat(power.at("/words/en").stringValue())
                .contains("a difference of %.2f EUR or more in net revenue per customer".formatted(told))
                .doesNotContain("rough");
        assertThat(power.at("/words/zh").stringValue()).contains("人均净收入相差不少于 %.2f EUR".formatted(told));
        int campaigns = 2000;
        int found = 0;
        for (int n = 0; n < campaigns; n++) {
            var control = random.doubles(240)
                    .map(u -> spent[(int) (u * spent.length)])
                    .toArray();
            var treated = random.doubles(360)
                    .map(u -> spent[(int) (u * spent.length)] + told)
                    .toArray();
            double difference = mean(treated) - mean(control);
            double error = Math.sqrt(variance(treated) / treated.length + variance(control) / control.length);
            if (Math.abs(difference) / error > 1.96) found++;
        }
        // Four standard errors of a share of 0.8 in two thousand.
        assertThat(found / (double) campaigns).isCloseTo(0.8, within(0.036));
    }

    /** 200 had ordered, 50 of them may be written to, and 20 of these came back: what the others did is drawn into no arm. */
    @Test
    void theForecastsBaseRateIsThatOfThoseWhoMayBeWrittenTo() throws Exception {
        ordersOf(962_000_000L, 200, 20);
        reachable(962_000_000L, 50);
        var power = forecastOf(campaign(segmentOf(962_000_000L), 0.4)).get("power");
        assertThat(power.get("sampleTreatment").longValue()).isEqualTo(30);
        assertThat(power.get("baselineCustomers").longValue()).isEqualTo(50);
        assertThat(power.get("baselineRate").doubleValue()).isCloseTo(0.4, within(1e-12));
    }

    @Test
    void withoutAPastToTakeTheSpreadFromNoDifferenceOfRevenueIsTold() throws Exception {
        ordersOf(957_000_000L, 20, 0);
        reachable(957_000_000L, 20);
        long segment = segmentOf(957_000_000L);
        long campaign = campaign(segment, 0.4);
        aimAtRevenue(campaign, segment);
        var power = forecastOf(campaign).get("power");
        assertThat(power.at("/revenue/minimumDetectableDifference").isNull()).isTrue();
        assertThat(power.at("/words/en").stringValue()).contains("all brought the same");
    }

    private void aimAtRevenue(long campaign, long segment) throws Exception {
        long objective = send("GET", "/api/campaigns/" + campaign, "")
                .body()
                .get("objectiveId")
                .longValue();
        send(
                "PUT",
                "/api/objectives/" + objective,
                objective(segment, "More").replace("repurchase_rate", "revenue_per_customer"));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
    }

    private JsonNode forecastOf(long campaign) throws Exception {
        var forecast = send("POST", "/api/campaigns/%d/forecast".formatted(campaign), "");
        assertThat(forecast.status()).as(forecast.body().toString()).isEqualTo(200);
        return forecast.body();
    }

    @Test
    void theAudienceOfASubmittedCampaignIsThatOfTheRulesItWasSubmittedWith() throws Exception {
        ordersOf(950_000_000L, 20, 0);
        ordersOf(951_000_000L, 30, 0);
        long inner = segmentOf(950_000_000L);
        long middle = segmentBy("{\"segment\":%d}".formatted(inner));
        long outer = segmentBy("{\"any\":[{\"segment\":%d},{\"segment\":%d}]}".formatted(middle, inner));
        long campaign = campaign(outer, 0.2);
        send("POST", "/api/campaigns/%d/submit".formatted(campaign), "");
        long draft = campaign(outer, 0.2);

        var changed = send(
                "PUT",
                "/api/segments/" + inner,
                "{\"name\":\"plan test %d\",\"rule\":{\"trait\":\"plan_test\",\"is\":\"in\",\"value\":[\"g950000000\",\"g951000000\"]}}"
                        .formatted(COUNT.incrementAndGet()));
        assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
        assertThat(send("GET", "/api/segments/" + outer, "")
                        .body()
                        .get("version")
                        .intValue())
                .isEqualTo(2);
        assertThat(audited("segment.changed", "segment " + outer)).contains("segment %d".formatted(inner));
        assertThat(audience(campaign)).isEqualTo(20);
        assertThat(audience(draft)).isEqualTo(50);
        send("POST", "/api/campaigns/%d/approve".formatted(campaign), "");
        assertThat(audience(campaign)).isEqualTo(20);
    }

    private long audience(long campaign) throws Exception {
        return send("POST", "/api/campaigns/%d/forecast".formatted(campaign), "")
                .body()
                .get("audience")
                .longValue();
    }

    /** The latest words of the audit trail about something. */
    private String audited(String action, String thing) throws Exception {
        for (var entry : send("GET", "/api/audit?limit=100", "").body().get("items"))
            if (entry.get("action").stringValue().equals(action)
                    && entry.get("thing").stringValue().equals(thing))
                return entry.get("detail").stringValue();
        throw new AssertionError("no row %s of %s in the audit trail".formatted(action, thing));
    }

    @Test
    void aViewerMayLookAndNotChange() throws Exception {
        var viewer = keys.create("a viewer", Set.of(Role.VIEWER)).secret();
        assertThat(send("GET", "/api/campaigns", "", viewer).status()).isEqualTo(200);
        assertThat(send("POST", "/api/campaigns", "{}", viewer).status()).isEqualTo(403);
    }

    /** Lets customers be written to: each has an address and has agreed. */
    private void reachable(long from, int customers) {
        jdbc.sql("""
                        with who as (select :from + n as id from generate_series(0, :customers - 1) n),
                        agreed as (
                            insert into consents (customer_id, purpose, channel, granted, source, set_at, seq,
                                told_at, told_seq)
                            select id, 'marketing', 'email', true, 'test', '2026-01-01T00:00:00Z', 1,
                                '2026-01-01T00:00:00Z', 1 from who)
                        insert into personal_fields (customer_id, identity_id, field, sealed, fingerprint, address_hash, set_at, seq, source_id)
                        select id, id, 'email', ''::bytea, id, id, '2026-01-01T00:00:00Z', 1, 1 from who
                        """).param("from", from).param("customers", customers).update();
    }

    /** Customers of this class have ids from a range of their own, told apart by the currency of their orders. */
    private void ordersOf(long from, int customers, int again) {
        warehouse.append("orders", "plan-test:" + from, Rows.written(rows -> {
            for (int i = 0; i < customers + again; i++)
                rows.value("plan-" + from + "-" + i)
                        .value(from + (i < customers ? i : i - customers))
                        .value(Instant.parse(i < customers ? "2025-11-21T09:00:00Z" : "2026-02-19T09:00:00Z"))
                        .value("EUR")
                        .value(new BigDecimal("20"))
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .missing()
                        .value(1L)
                        .end();
        }));
        warehouse.append("trait_changes", "plan-test:" + from, Rows.written(rows -> {
            for (int i = 0; i < customers; i++)
                rows.value(from + i)
                        .value("plan_test")
                        .value("\"g%d\"".formatted(from))
                        .value(Instant.parse("2025-11-01T09:00:00Z"))
                        .value(1L)
                        .missing()
                        .end();
        }));
    }

    private long segmentOf(long from) throws Exception {
        return segmentBy("{\"trait\":\"plan_test\",\"is\":\"equals\",\"value\":\"g%d\"}".formatted(from));
    }

    private long segmentBy(String rule) throws Exception {
        var made = send(
                "POST",
                "/api/segments",
                "{\"name\":\"plan test %d\",\"rule\":%s}".formatted(COUNT.incrementAndGet(), rule));
        assertThat(made.status()).as(made.body().toString()).isLessThan(300);
        return made.body().get("id").longValue();
    }

    private long template(String html) throws Exception {
        var made = send(
                "POST",
                "/api/templates",
                "{\"name\":\"t\",\"channel\":\"email\",\"subject\":\"Hi\",\"html\":\"%s\",\"text\":\"x\"}"
                        .formatted(html));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body().get("id").longValue();
    }

    private static String objective(long segment, String name) {
        return "{\"name\":\"%s\",\"kind\":\"retain\",\"metric\":\"repurchase_rate\",\"unit\":\"points\",\"windowDays\":30,\"target\":0.05,\"deadline\":\"2026-06-30\",\"segmentId\":%d}"
                .formatted(name, segment);
    }

    private static String offerDraft(String value) {
        return "{\"name\":\"Ten\",\"kind\":\"percent\",\"value\":%s,\"expiresAt\":\"2027-01-31T00:00:00Z\"}"
                .formatted(value);
    }

    private long offer(String value) throws Exception {
        var made = send("POST", "/api/offers", offerDraft(value));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body().get("id").longValue();
    }

    private long campaign(long segment, double holdout) throws Exception {
        return campaign(segment, holdout, null, "x");
    }

    private long campaign(long segment, double holdout, @Nullable Long offer, String html) throws Exception {
        var objective = send("POST", "/api/objectives", objective(segment, "Back"));
        var made = send(
                "POST",
                "/api/campaigns",
                "{\"name\":\"Come back\",\"objectiveId\":%d,\"segmentId\":%d,\"templateId\":%d,\"offerId\":%s,\"holdoutShare\":%s,\"sendWindow\":{\"from\":\"09:00\",\"to\":\"20:00\",\"startAt\":\"2026-12-01T09:00:00Z\"},\"attributionDays\":14,\"messageCost\":0.01}"
                        .formatted(objective.body().get("id").longValue(), segment, template(html), offer, holdout));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body().get("id").longValue();
    }

    @Test
    void aWindowWhollyWithinTheQuietHoursIsRefused() throws Exception {
        long segment = segmentOf(930_000_000L);
        ordersOf(930_000_000L, 5, 1);
        var kept = json.readTree(send("GET", "/api/campaigns/%d".formatted(campaign(segment, 0.2)), "")
                .body()
                .toString());
        for (var window : List.of("03:10-03:20", "03:12-03:13")) {
            var hours = window.split("-");
            var refused = send(
                    "POST",
                    "/api/campaigns",
                    "{\"name\":\"Night\",\"objectiveId\":%d,\"segmentId\":%d,\"templateId\":%d,\"holdoutShare\":0.2,\"sendWindow\":{\"from\":\"%s\",\"to\":\"%s\"},\"attributionDays\":14}"
                            .formatted(
                                    kept.get("objectiveId").longValue(),
                                    segment,
                                    kept.get("templateId").longValue(),
                                    hours[0],
                                    hours[1]));
            assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
            assertThat(refused.body().at("/errors/0/code").stringValue()).isEqualTo("window_quiet");
        }
    }

    private record Answer(int status, JsonNode body) {}

    private Answer send(String method, String path, String body) throws IOException, InterruptedException {
        return send(method, path, body, RekindleTest.ADMIN_KEY);
    }

    private Answer send(String method, String path, String body, String key) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), json.readTree(answer.body()));
    }
}
