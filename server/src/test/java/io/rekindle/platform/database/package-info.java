@NullMarked
package io.rekindle.platform.database;

import org.jspecify.annotations.NullMarked;
