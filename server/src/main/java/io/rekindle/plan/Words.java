package io.rekindle.plan;

/** A sentence for people, in English and in Simplified Chinese. */
public record Words(String en, String zh) {}
