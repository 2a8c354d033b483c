package io.rekindle.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PersonalFieldsTest {
    @Test
    void aNameStandsInTheOrderOfItsLanguage() {
        assertThat(name("Ada", "Lovelace")).contains("Ada Lovelace");
        assertThat(name("子轩", "赵")).contains("赵子轩");
        assertThat(name("민준", "김")).contains("김민준");
        assertThat(name("Ada", "赵")).contains("Ada 赵");
    }

    @Test
    void aNameGivenAsAWholeStandsAsItWasGiven() {
        assertThat(new PersonalFields(Map.of("name", "Ada L.", "firstName", "Ada", "lastName", "Lovelace")).fullName())
                .contains("Ada L.");
    }

    private static java.util.Optional<String> name(String first, String last) {
        return new PersonalFields(Map.of("firstName", first, "lastName", last)).fullName();
    }
}
