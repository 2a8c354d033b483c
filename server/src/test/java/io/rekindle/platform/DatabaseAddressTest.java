package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DatabaseAddressTest {
    @Test
    void whatTheDriverSpeaksIsTakenAsItIs() {
        assertThat(DatabaseAddress.of("jdbc:postgresql://h/d?sslmode=require", "ann", "pw"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://h/d?sslmode=require", "ann", "pw"));
    }

    @Test
    void userAndPasswordOfAnAddressComeBeforeThoseBesideIt() {
        assertThat(DatabaseAddress.of("postgresql://ann:p%40ss@h:5433/d?sslmode=require", "bob", "other"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://h:5433/d?sslmode=require", "ann", "p@ss"));
        assertThat(DatabaseAddress.of("postgres://h/d", "bob", "pw"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://h/d", "bob", "pw"));
    }

    @Test
    void anotherDatabaseOfTheServerKeepsWhatIsSaidOfTheConnection() {
        assertThat(DatabaseAddress.of("postgresql://ann:pw@h:5433/d?sslmode=require", null, null)
                        .inDatabase("e"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://h:5433/e?sslmode=require", "ann", "pw"));
    }

    @Test
    void aPasswordWithAnUnwrittenSignIsRefusedWithoutBeingToldBack() {
        for (var address : new String[] {"postgresql://ann:se cret@h/d", "postgresql://ann:secret#1@h/d"})
            assertThatThrownBy(() -> new DatabaseSettings(address, null, null, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("%23")
                    .hasMessageNotContainingAny("secret", "se cret");
    }
}
