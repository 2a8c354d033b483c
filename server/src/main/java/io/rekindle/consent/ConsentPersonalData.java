package io.rekindle.consent;

import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import java.util.List;
import org.springframework.stereotype.Component;

/** What a person allowed. An address nobody may write to stays on its list, as a keyed hash: that is its owner's wish. */
@Component
class ConsentPersonalData implements PersonalData {
    @Override
    public String module() {
        return "consent";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.deleted("consents", "customer_id"),
                PersonalTable.deleted("consent_statements", "identity_id"),
                PersonalTable.deleted("consent_sayings", "identity_id"),
                PersonalTable.deleted("consent_changes_pending", "customer_id"),
                PersonalTable.deleted("consent_evidence", "customer_id").sealing("sealed_proof", Consents.PROOF),
                PersonalTable.deleted("consent_confirmations", "customer_id"),
                PersonalTable.deleted("contact_units", "customer_id"),
                PersonalTable.kept("suppressions"));
    }
}
