@NullMarked
package io.rekindle.models;

import org.jspecify.annotations.NullMarked;
