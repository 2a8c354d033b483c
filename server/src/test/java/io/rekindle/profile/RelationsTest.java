package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.Tails;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.identity.Merges;
import io.rekindle.profile.Relations.Kind;
import io.rekindle.profile.Relations.Relation;
import io.rekindle.testing.RekindleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Who brought whom and who lives together, told by events that came in at the first door. */
@RekindleTest
class RelationsTest {
    private final int port;
    private final EventLog log;
    private final Tails tails;
    private final Identities identities;
    private final Relations relations;
    private final Merges merges;
    private final Profiles profiles;

    RelationsTest(
            @LocalServerPort int port,
            @Autowired EventLog log,
            @Autowired Tails tails,
            @Autowired Identities identities,
            @Autowired Relations relations,
            @Autowired Merges merges,
            @Autowired Profiles profiles) {
        this.port = port;
        this.log = log;
        this.tails = tails;
        this.identities = identities;
        this.relations = relations;
        this.merges = merges;
        this.profiles = profiles;
    }

    @Test
    void whoBroughtWhomIsToldFromBothSides() throws Exception {
        intake("""
                {"type":"identify","userId":"rel-ann","traits":{"firstName":"Ann"}},
                {"type":"identify","userId":"rel-bob","traits":{"referredBy":"rel-ann"}},
                {"type":"identify","userId":"rel-cy","traits":{"referred_by":"rel-ann"}},
                {"type":"identify","userId":"rel-self","traits":{"referredBy":"rel-self"}},
                {"type":"identify","userId":"rel-lost","traits":{"referredBy":"rel-nobody"}}""");
        assertThat(relations.of(person("rel-ann")))
                .containsExactlyInAnyOrder(
                        new Relation(Kind.REFERRED, person("rel-bob")), new Relation(Kind.REFERRED, person("rel-cy")));
        assertThat(relations.of(person("rel-bob"))).containsExactly(new Relation(Kind.REFERRER, person("rel-ann")));
        assertThat(relations.of(person("rel-lost"))).isEmpty();
        assertThat(relations.of(person("rel-self"))).noneMatch(r -> r.kind() == Kind.REFERRER);
        intake("""
                {"type":"identify","userId":"rel-bob","traits":{"referredBy":null}}""");
        assertThat(relations.of(person("rel-bob"))).isEmpty();
        assertThat(relations.of(person("rel-ann"))).containsExactly(new Relation(Kind.REFERRED, person("rel-cy")));
    }

    @Test
    void aReferrerNamedByANumberIsToldFromBothSidesToo() throws Exception {
        intake("""
                {"type":"identify","userId":"90210471","traits":{"firstName":"Num"}},
                {"type":"identify","userId":"090210471","traits":{"firstName":"Other"}},
                {"type":"identify","userId":"rel-num","traits":{"referredBy":90210471}},
                {"type":"identify","userId":"rel-text","traits":{"referrer":"90210471"}}""");
        assertThat(relations.of(person("rel-num"))).containsExactly(new Relation(Kind.REFERRER, person("90210471")));
        assertThat(relations.of(person("90210471")))
                .containsExactlyInAnyOrder(
                        new Relation(Kind.REFERRED, person("rel-num")),
                        new Relation(Kind.REFERRED, person("rel-text")));
        assertThat(relations.of(person("090210471"))).isEmpty();
    }

    /** Whoever recommends goes by one of their ids, whichever it is. */
    @Test
    void whomEitherOfTwoJoinedPeopleBroughtIsBroughtByTheOneTheyAre() throws Exception {
        intake("""
                {"type":"identify","userId":"rel-old","traits":{"firstName":"Eve"}},
                {"type":"identify","userId":"rel-new","traits":{"firstName":"Eve"}},
                {"type":"identify","userId":"rel-by-old","traits":{"referredBy":"rel-old"}},
                {"type":"identify","userId":"rel-by-new","traits":{"referredBy":"rel-new"}}""");
        merges.mergeByHand(person("rel-old"), person("rel-new"));
        tails.awaitAll(log.lastSeq());
        assertThat(person("rel-old")).isEqualTo(person("rel-new"));
        assertThat(relations.of(person("rel-new")))
                .containsExactlyInAnyOrder(
                        new Relation(Kind.REFERRED, person("rel-by-old")),
                        new Relation(Kind.REFERRED, person("rel-by-new")));
        assertThat(profiles.get(person("rel-new"), new Caller("planner", Set.of(Role.PLANNER)))
                        .orElseThrow()
                        .identifiers())
                .as("both by their names")
                .containsExactlyInAnyOrder(
                        new Profile.IdentifierValue("user_id", "rel-old"),
                        new Profile.IdentifierValue("user_id", "rel-new"));
    }

    @Test
    void whoSharesAPhoneIsAHouseholdUntilTheyAreOnePerson() throws Exception {
        intake("""
                {"type":"identify","userId":"rel-mum","traits":{"phone":"+4930901777"}},
                {"type":"identify","userId":"rel-dad","traits":{"phone":"+4930901777"}},
                {"type":"identify","userId":"rel-kid","traits":{"phone":"+4930901777"}},
                {"type":"identify","userId":"rel-far","traits":{"phone":"+4930901778"}}""");
        var mum = person("rel-mum");
        var dad = person("rel-dad");
        var kid = person("rel-kid");
        assertThat(relations.of(mum))
                .containsExactlyInAnyOrder(new Relation(Kind.HOUSEHOLD, dad), new Relation(Kind.HOUSEHOLD, kid));
        assertThat(relations.of(kid))
                .containsExactlyInAnyOrder(new Relation(Kind.HOUSEHOLD, mum), new Relation(Kind.HOUSEHOLD, dad));
        assertThat(relations.of(person("rel-far"))).isEmpty();
    }

    @Test
    void whatManyUseIsNoHome() throws Exception {
        intake(IntStream.range(0, 12)
                .mapToObj(
                        "{\"type\":\"identify\",\"userId\":\"rel-shop-%1$d\",\"context\":{\"device\":{\"id\":\"rel-tablet\"}},\"traits\":{\"rel_n\":%1$d}}"
                                ::formatted)
                .collect(Collectors.joining(",")));
        assertThat(relations.of(person("rel-shop-0"))).isEmpty();
        assertThat(relations.of(person("rel-shop-11"))).isEmpty();
    }

    private CustomerId person(String userId) {
        return identities.find(Identifier.Type.USER_ID, userId).orElseThrow();
    }

    private void intake(String events) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/batch".formatted(port)))
                            .header("X-Write-Key", RekindleTest.WRITE_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"batch\":[%s]}".formatted(events)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
        tails.awaitAll(log.lastSeq());
    }
}
