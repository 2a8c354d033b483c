package io.rekindle.export;

import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import org.springframework.stereotype.Component;

/** Calls to other systems tell of events; what was told to them is for them to erase. */
@Component
class ExportPersonalData implements PersonalData {
    @Override
    public String module() {
        return "export";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("webhook_deliveries", "customer_id").inClear(),
                PersonalTable.kept("webhooks")
                        .sealing("sealed_secret", Webhooks.SEALED_AS)
                        .sealing("sealed_earlier", Webhooks.SEALED_AS));
    }
}
