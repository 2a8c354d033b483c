package io.rekindle.plan;

import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import org.springframework.stereotype.Component;

/** Who a code was given to; the code stays given out. */
@Component
class PlanPersonalData implements PersonalData {
    @Override
    public String module() {
        return "plan";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(PersonalTable.nameless("coupons", "customer_id"));
    }
}
