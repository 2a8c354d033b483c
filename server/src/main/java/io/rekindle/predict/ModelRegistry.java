package io.rekindle.predict;

import io.rekindle.models.Convergence;
import io.rekindle.models.Fit;
import io.rekindle.predict.ModelCard.ModelParameter;
import io.rekindle.segment.Words;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Every fit of every model, kept. */
@Component
public class ModelRegistry {
    private final JdbcClient jdbc;
    private final JsonMapper json;

    ModelRegistry(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** The part of a card kept as JSON. */
    private record Details(List<ModelParameter> parameters, boolean boundary, Words summary) {}

    /** What a model was learnt from. */
    record Data(LocalDate from, LocalDate to, long customers) {}

    /** Registers a fit; the same model of the same batch is registered once. */
    ModelCard register(String name, String batch, Instant at, Data data, Fit fit, Words summary) {
        var parameters = fit.parameters().stream()
                .map(p -> new ModelParameter(
                        p.name(), p.value(), Double.isFinite(p.standardError()) ? (Double) p.standardError() : null))
                .toList();
        return insert(
                name,
                batch,
                at,
                data,
                fit.logLikelihood(),
                new Details(parameters, fit.convergence() == Convergence.AT_BOUNDARY, summary));
    }

    /** Registers that there was too little to learn from. */
    ModelCard registerUnfitted(String name, String batch, Instant at, Data data, Words summary) {
        return insert(name, batch, at, data, null, new Details(List.of(), false, summary));
    }

    private ModelCard insert(
            String name, String batch, Instant at, Data data, @Nullable Double logLikelihood, Details details) {
        jdbc.sql("""
                        insert into models (name, version, batch, fitted, fitted_at, data_from, data_to, customers, log_likelihood, card)
                        select :name, coalesce(max(version), 0) + 1, :batch, :fitted, :at, :from, :to, :customers, :likelihood, :card::jsonb
                        from models where name = :name
                        on conflict (name, batch) do nothing
                        """)
                .param("name", name)
                .param("batch", batch)
                .param("fitted", logLikelihood != null)
                .param("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .param("from", data.from())
                .param("to", data.to())
                .param("customers", data.customers())
                .param("likelihood", logLikelihood, java.sql.Types.DOUBLE)
                .param("card", json.writeValueAsString(details))
                .update();
        return jdbc.sql("select * from models where name = :name and batch = :batch")
                .param("name", name)
                .param("batch", batch)
                .query((row, n) -> card(row))
                .single();
    }

    /** The latest of each model. */
    public List<ModelCard> latest() {
        return jdbc.sql("select distinct on (name) * from models order by name, version desc")
                .query((row, n) -> card(row))
                .list();
    }

    /** The latest fit of a model: attempts without a fit do not count. */
    public Optional<ModelCard> lastFitted(String name) {
        return jdbc.sql("select * from models where name = :name and fitted order by version desc limit 1")
                .param("name", name)
                .query((row, n) -> card(row))
                .optional();
    }

    /** A model's versions below one, latest first. */
    public List<ModelCard> versions(String name, int below, int limit) {
        return jdbc.sql(
                        "select * from models where name = :name and version < :below order by version desc limit :limit")
                .param("name", name)
                .param("below", below)
                .param("limit", limit)
                .query((row, n) -> card(row))
                .list();
    }

    private ModelCard card(ResultSet row) throws SQLException {
        var details = json.readValue(row.getString("card"), Details.class);
        double logLikelihood = row.getDouble("log_likelihood");
        return new ModelCard(
                row.getString("name"),
                row.getInt("version"),
                row.getBoolean("fitted"),
                row.getObject("fitted_at", OffsetDateTime.class).toInstant(),
                row.getObject("data_from", LocalDate.class),
                row.getObject("data_to", LocalDate.class),
                row.getLong("customers"),
                row.getBoolean("fitted") ? (Double) logLikelihood : null,
                details.parameters(),
                details.boundary(),
                details.summary());
    }
}
