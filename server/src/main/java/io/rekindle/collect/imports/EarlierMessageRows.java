package io.rekindle.collect.imports;

import io.rekindle.collect.EventType;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.platform.Problem;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A row of what an earlier system sent as the event {@code Earlier Message Sent}, {@code … Opened} and so on. These names
 * are nobody else's: no receipt, attribution or lift of this product's own messages counts them.
 */
final class EarlierMessageRows implements RowEvents {
    private static final Map<String, String> OUTCOMES = Map.ofEntries(
            Map.entry("sent", "Sent"),
            Map.entry("send", "Sent"),
            Map.entry("delivered", "Delivered"),
            Map.entry("delivery", "Delivered"),
            Map.entry("open", "Opened"),
            Map.entry("opened", "Opened"),
            Map.entry("click", "Clicked"),
            Map.entry("clicked", "Clicked"),
            Map.entry("bounce", "Bounced"),
            Map.entry("bounced", "Bounced"),
            Map.entry("unsubscribe", "Unsubscribed"),
            Map.entry("unsubscribed", "Unsubscribed"),
            Map.entry("complaint", "Complained"),
            Map.entry("complained", "Complained"),
            Map.entry("spam", "Complained"),
            Map.entry("发送", "Sent"),
            Map.entry("已发送", "Sent"),
            Map.entry("送达", "Delivered"),
            Map.entry("已送达", "Delivered"),
            Map.entry("打开", "Opened"),
            Map.entry("已打开", "Opened"),
            Map.entry("点击", "Clicked"),
            Map.entry("已点击", "Clicked"),
            Map.entry("退信", "Bounced"),
            Map.entry("退订", "Unsubscribed"),
            Map.entry("投诉", "Complained"));

    private final MappedColumns columns;
    private final Whom whom;
    private final Instant latest;

    EarlierMessageRows(ImportMapping mapping, List<String> given, ZoneId zone, Instant latest, JsonMapper json) {
        this.latest = latest;
        var faults = new ArrayList<Problem.Fault>();
        columns = new MappedColumns(mapping, given, zone, faults);
        whom = new Whom(columns, json, faults);
        MappedColumns.requireNone(faults);
    }

    @Override
    public List<Item> of(Table.Row row) throws BadRow {
        var unreadable = columns.unreadable(row);
        if (unreadable != null) throw unreadable;
        var item = whom.item(row);
        item.put("timestamp", columns.time(row, "time", latest).toString());
        var campaign = columns.text(row, "campaign");
        if (campaign.isEmpty())
            throw new BadRow("no_campaign", "column '%s' is empty".formatted(columns.column("campaign")));
        var outcome = OUTCOMES.get(columns.text(row, "outcome").toLowerCase(Locale.ROOT));
        if (outcome == null)
            throw new BadRow(
                    "bad_outcome",
                    "column '%s' says none of sent, delivered, opened, clicked, bounced, unsubscribed, complained"
                            .formatted(columns.column("outcome")));
        item.put("event", "Earlier Message " + outcome);
        var channel = columns.text(row, "channel").toLowerCase(Locale.ROOT);
        var properties = item.withObject("/properties");
        properties.put("campaign", campaign).put("channel", channel.isEmpty() ? "email" : channel);
        if (!columns.text(row, "message_id").isEmpty())
            properties.put("earlier_message_id", columns.text(row, "message_id"));
        return List.of(new Item(EventType.TRACK, item));
    }

    @Override
    public boolean tellsWhen() {
        return true;
    }

    @Override
    public List<Imports.Column> understood() {
        return columns.understood();
    }

    @Override
    public List<Imports.Note> notes() {
        return List.of();
    }
}
