package io.rekindle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.testing.People;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

@RekindleTest
class IdentityTailTest {
    private final IdentityTail tail;
    private final Identities identities;
    private final Warehouse warehouse;
    private final TransactionTemplate transaction;
    private final People people;

    IdentityTailTest(
            @Autowired IdentityTail tail,
            @Autowired Identities identities,
            @Autowired Warehouse warehouse,
            @Autowired TransactionTemplate transaction,
            @Autowired Identifiers identifiers) {
        this.tail = tail;
        this.identities = identities;
        this.warehouse = warehouse;
        this.transaction = transaction;
        this.people = new People(identifiers);
    }

    @Test
    void aVisitorWhoSignsInBecomesTheCustomerInBothStores() {
        var visitor = people.id(Identifier.Type.ANONYMOUS_ID, "browser-a1");
        var user = people.id(Identifier.Type.USER_ID, "user-a1");
        var before = lastMerge();
        read(people.batch().track("Product Viewed").by(Identifier.Type.ANONYMOUS_ID, "browser-a1"));
        assertThat(identities.canonical(visitor)).isEqualTo(visitor);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "user-a1")
                .by(Identifier.Type.ANONYMOUS_ID, "browser-a1"));

        assertThat(identities.canonical(visitor)).isEqualTo(user);
        assertThat(inWarehouse(visitor)).isEqualTo(user);
        assertThat(identities.regroupingsAfter(before, 10))
                .extracting(Regrouping::from, Regrouping::to)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(visitor, user));
        assertThat(identities.find(Identifier.Type.USER_ID, " user-a1 ")).hasValue(user);
        assertThat(identities.identifiersOf(visitor))
                .extracting(k -> k.identifier().type())
                .containsExactly(Identifier.Type.USER_ID, Identifier.Type.ANONYMOUS_ID);
    }

    @Test
    void twoUserIdsOnOneAddressStayTwoPeopleAndTheRefusalIsWrittenDown() {
        var first = people.id(Identifier.Type.USER_ID, "user-b1");
        var second = people.id(Identifier.Type.USER_ID, "user-b2");
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "user-b1")
                .by(Identifier.Type.EMAIL, "family-b@example.com")
                .identify()
                .by(Identifier.Type.USER_ID, "user-b2")
                .by(Identifier.Type.EMAIL, "family-b@example.com"));
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "user-b2")
                .by(Identifier.Type.EMAIL, "family-b@example.com"));

        assertThat(identities.canonical(second)).isEqualTo(second);
        assertThat(identities.find(Identifier.Type.EMAIL, "Family-B@example.com"))
                .hasValue(first);
        assertThat(identities.conflicts(Long.MAX_VALUE, 100).items())
                .filteredOn(c -> c.refused().equals(second))
                .singleElement()
                .satisfies(c -> {
                    assertThat(c.customer()).isEqualTo(first);
                    assertThat(c.reason()).isEqualTo(Conflict.Reason.SECOND_USER_ID);
                    assertThat(c.times()).isEqualTo(2);
                });
    }

    @Test
    void chainsAreFlatInTheWarehouse() {
        var phone = people.id(Identifier.Type.PHONE, "+4930901821");
        var email = people.id(Identifier.Type.EMAIL, "c@example.com");
        var user = people.id(Identifier.Type.USER_ID, "user-c1");
        read(people.batch().track("Order Completed").by(Identifier.Type.PHONE, "+4930901821"));
        read(people.batch()
                .identify()
                .by(Identifier.Type.EMAIL, "c@example.com")
                .by(Identifier.Type.PHONE, "+4930901821"));
        assertThat(inWarehouse(phone)).isEqualTo(email);
        read(people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "user-c1")
                .by(Identifier.Type.EMAIL, "c@example.com"));
        assertThat(inWarehouse(phone)).isEqualTo(user);
        assertThat(inWarehouse(email)).isEqualTo(user);
        assertThat(identities.canonical(new long[] {phone.value(), 42, email.value(), user.value()}))
                .containsExactly(user.value(), 42, user.value(), user.value());
    }

    @Test
    void aBatchThatComesAgainAfterACrashChangesNothing() {
        var batch = people.batch()
                .identify()
                .by(Identifier.Type.USER_ID, "user-d1")
                .by(Identifier.Type.EMAIL, "d@example.com")
                .end();
        transaction.executeWithoutResult(status -> {
            tail.process(batch);
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(status -> tail.process(batch));
        var email = people.id(Identifier.Type.EMAIL, "d@example.com");
        assertThat(inWarehouse(email)).isEqualTo(people.id(Identifier.Type.USER_ID, "user-d1"));
        assertThat(warehouse.query(
                        Sql.of("select count(*) as n from identity_changes where alias_id = ?", email.value()),
                        row -> row.longValue("n")))
                .containsExactly(1L);
    }

    private void read(People.Events events) {
        var batch = events.end();
        transaction.executeWithoutResult(status -> tail.process(batch));
    }

    private long lastMerge() {
        return identities.regroupingsAfter(0, 1_000_000).stream()
                .mapToLong(Regrouping::number)
                .max()
                .orElse(0);
    }

    private CustomerId inWarehouse(CustomerId id) {
        return warehouse
                .first(
                        Sql.of("select customer_id from identity_now where alias_id = ?", id.value()),
                        row -> new CustomerId(row.longValue("customer_id")))
                .orElse(id);
    }
}
