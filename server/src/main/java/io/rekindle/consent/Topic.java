package io.rekindle.consent;

/**
 * What customers can choose to hear of.
 *
 * @param code as campaigns and statements name it
 * @param aboutEn what it brings, for customers; may be empty
 * @param retired no longer offered to customers nor to campaigns; what was said of it stays
 */
public record Topic(String code, String nameEn, String nameZh, String aboutEn, String aboutZh, boolean retired) {}
