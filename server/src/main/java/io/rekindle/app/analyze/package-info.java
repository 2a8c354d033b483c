/** The models on plain files: {@code rekindle analyze …} reads CSV or Parquet, needs no server and keeps nothing. */
@NullMarked
package io.rekindle.app.analyze;

import org.jspecify.annotations.NullMarked;
