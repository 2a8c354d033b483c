package io.rekindle.models.table;

/** Something to be careful about: a stable code, and a sentence for a person. */
public record Remark(String code, String message) {}
