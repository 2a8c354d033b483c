package io.rekindle.segment;

/** The same thing said in English and in Chinese. */
public record Words(String en, String zh) {}
