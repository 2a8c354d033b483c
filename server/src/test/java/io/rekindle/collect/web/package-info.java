@NullMarked
package io.rekindle.collect.web;

import org.jspecify.annotations.NullMarked;
