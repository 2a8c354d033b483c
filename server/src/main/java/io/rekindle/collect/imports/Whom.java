package io.rekindle.collect.imports;

import io.rekindle.platform.Problem;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whom a row is of: the columns customer, email and phone, of which each row fills at least one. */
final class Whom {
    private final MappedColumns columns;
    private final JsonMapper json;

    Whom(MappedColumns columns, JsonMapper json, List<Problem.Fault> faults) {
        this.columns = columns;
        this.json = json;
        if (!columns.has("customer") && !columns.has("email") && !columns.has("phone"))
            faults.add(new Problem.Fault(
                            "customer",
                            "customer_column_missing_of_three",
                            "no column is mapped to it, nor to email or phone; the file has {columns}")
                    .with("columns", columns.all()));
    }

    /** An item of this customer, of whom it says nothing but who it is. */
    ObjectNode item(Table.Row row) throws BadRow {
        var item = json.createObjectNode();
        var customer = columns.text(row, "customer");
        var email = columns.text(row, "email");
        var phone = columns.text(row, "phone");
        if (customer.isEmpty() && email.isEmpty() && phone.isEmpty())
            throw new BadRow("no_customer", "the row names no customer: no id, e-mail address or phone number");
        if (!customer.isEmpty()) item.put("userId", customer);
        if (!email.isEmpty()) item.withObject("/context/traits").put("email", email);
        if (!phone.isEmpty()) item.withObject("/context/traits").put("phone", phone);
        return item;
    }
}
